#include "launcher/find_python.h"

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/path.h"
#include "base/typed_command.h"
#include "launcher/stand_in.h"

namespace pyslow::launcher {
namespace {

using MaybeFound = absl::StatusOr<std::optional<FoundPython>>;

// Where in PATH the programs of an environment are; the size of the list if nowhere.
size_t PositionOnPath(const std::string& path, const std::string& environment) {
  const std::vector<std::string> directories = absl::StrSplit(path, ':');
  size_t position = 0;
  while (position < directories.size() && directories[position] != environment + "/bin") ++position;
  return position;
}

// What to report of a Python in a copy of the stand-in for `bin`.
std::string IsInCopy(const std::string& python, const std::string& bin) {
  return absl::StrCat(python, ": it is in a copy of pyslow's directory for ", bin,
                      ", which is no environment; copy ", DirectoryOf(bin), " itself");
}

// The rules, in order. Each returns nullopt if it does not apply.
class Finder {
 public:
  Finder(const Invocation& invocation, const std::string& invoked);
  absl::StatusOr<FoundPython> Find() const;

 private:
  // Sets prefix_ and own_ for a program in this directory.
  void SetInstallation(const std::string& directory);
  MaybeFound StoodFor() const;
  MaybeFound Given() const;
  MaybeFound OfScript() const;
  MaybeFound Active() const;
  MaybeFound Pyenv() const;
  MaybeFound Installing() const;
  MaybeFound OnPath(const std::string& except) const;
  // Whether a Python of this version can be the one: a child named python3.13-… is Python 3.13 in
  // any active environment, as python3.13 is, also in front of a command.
  bool Accepts(const PythonHome& home) const {
    return wanted_.empty() || home.minor.empty() || home.minor == wanted_;
  }
  bool IsOurs(const std::string& file) const {
    return IsSameFile(file, invocation_.binary) || absl::EndsWith(BaseNameOf(file), "-pyslow");
  }

  const Invocation& invocation_;
  const bool is_python_;
  const std::string wanted_;
  const bool is_wheel_;
  std::string bin_;                 // that the directory of argv0 stands in for, or ""
  bool is_copy_ = false;            // of such a directory
  std::string prefix_;              // of this installation of pyslow
  std::optional<PythonHome> venv_;  // PEP 405's, of the directory of argv0
  std::optional<PythonHome> own_;   // the environment that pyslow is installed in
  mutable std::string refused_;     // the first Python on PATH that cannot be used, and why
  mutable std::string gone_;        // likewise the one that installed pyslow
};

Finder::Finder(const Invocation& invocation, const std::string& invoked)
    : invocation_(invocation),
      is_python_(IsPythonName(invocation.argv0)),
      wanted_(is_python_ ? MinorInName(invocation.argv0) : invocation.wanted),
      is_wheel_(invocation.built_for.empty()) {
  if (!invoked.empty()) {
    venv_ = VenvOfDirectory(DirectoryOf(invoked));
    bin_ = StandsFor(DirectoryOf(invoked));
    is_copy_ = IsCopiedStandIn(DirectoryOf(invoked));
    SetInstallation(DirectoryOf(invoked));
  }
  // uv and pipx link the programs of a tool's environment into another directory.
  if (!own_.has_value()) SetInstallation(DirectoryOf(invocation.binary));
}

void Finder::SetInstallation(const std::string& directory) {
  prefix_ = DirectoryOf(directory);
  own_ = VenvOfDirectory(directory);
  if (BaseNameOf(directory) == "pyslow" && BaseNameOf(prefix_) == "libexec") {
    prefix_ = DirectoryOf(prefix_);
    own_ = VenvAt(prefix_);
  }
  // conda's own mark of an environment.
  std::error_code ignored;
  if (!own_.has_value() && std::filesystem::is_directory(prefix_ + "/conda-meta", ignored)) {
    own_ = CondaAt(prefix_);
  }
}

// The environment of a child that was started by a name in a stand-in.
MaybeFound Finder::StoodFor() const {
  if (!is_python_ || bin_.empty()) return std::nullopt;
  if (is_copy_) return absl::FailedPreconditionError(IsInCopy(invocation_.argv0, bin_));
  FoundPython found;
  const std::string python = absl::StrCat(bin_, "/", BaseNameOf(invocation_.argv0));
  if (std::optional<PythonHome> venv = VenvOfDirectory(bin_); venv.has_value()) {
    found.home = *std::move(venv);
    found.home.python = python;
  } else {
    absl::StatusOr<PythonHome> home = InterpreterAt(python);
    if (!home.ok()) return home.status();
    found.home = *std::move(home);
  }
  found.rule = absl::StrCat("the Python that ", invocation_.argv0, " stands for");
  return found;
}

MaybeFound Finder::Given() const {
  if (invocation_.python_from.empty()) return std::nullopt;
  const auto fail = [this](absl::string_view what) {
    return absl::FailedPreconditionError(
        absl::StrCat(invocation_.python_from, ": ", what, "; expected a python or an environment"));
  };
  std::string given = invocation_.python;
  if (given.empty()) return fail("the value is empty");
  if (!absl::StrContains(given, '/')) {
    // Not a script, such as a shim of pyenv, if there is something better.
    std::string first;
    std::string found = FindOnPath(invocation_.path, given, [&](const std::string& file) {
      if (IsOurs(file)) return false;
      if (first.empty()) first = file;
      return InterpreterAt(file).ok();
    });
    std::error_code ignored;
    if (found.empty() && std::filesystem::is_directory(given, ignored)) {
      found = absl::StrCat("./", given);
    }
    given = found.empty() ? first : found;
  }
  if (given.empty()) return fail(absl::StrCat("there is no ", invocation_.python, " on PATH"));
  std::string path = FullPath(given);
  if (path.empty()) return fail(absl::StrCat(given, ": there is no current directory"));
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  // sys.executable of a parent stands for the Python that the parent ran.
  if (const std::string bin = StandsFor(DirectoryOf(path)); !bin.empty()) {
    if (IsCopiedStandIn(DirectoryOf(path))) return fail(IsInCopy(path, bin));
    path = absl::StrCat(bin, "/", BaseNameOf(path));
  }
  FoundPython found;
  found.rule = invocation_.python_from;
  found.is_given = true;
  const auto other_version = [&]() -> MaybeFound {
    return fail(absl::StrCat(path, " is Python ", found.home.minor,
                             ", and the command names python", wanted_));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    std::optional<PythonHome> venv = VenvAt(path);
    if (venv.has_value()) {
      found.home = *std::move(venv);
      if (!is_python_ && !Accepts(found.home)) return other_version();
      return found;
    }
    path += "/bin/python";
    if (!IsExecutableFile(path)) path += "3";
  }
  absl::StatusOr<PythonHome> home = InterpreterAt(path);
  if (!home.ok()) {
    return fail(absl::StrCat(home.status().message(),
                             absl::StrContains(path, "/shims/")
                                 ? absl::StrCat(" ('pyenv which ", BaseNameOf(path),
                                                "' prints the program that it runs)")
                                 : ""));
  }
  found.home = *std::move(home);
  if (Accepts(found.home)) return found;
  if (is_python_) return std::nullopt;
  return other_version();
}

// A console script in bin/ of an environment, beside the Python that its first line names, or a
// link to one, as uv and pipx make for a tool's. Other scripts run in the active environment,
// whatever their first line is, as under python.
MaybeFound Finder::OfScript() const {
  if (invocation_.script.empty() || is_python_) return std::nullopt;
  const std::string python = InterpreterOfScript(invocation_.script);
  const std::string bin = DirectoryOf(python);
  std::error_code error;
  const std::string real = std::filesystem::canonical(invocation_.script, error).string();
  if (!IsSameFile(bin, DirectoryOf(FullPath(invocation_.script))) &&
      !IsSameFile(bin, DirectoryOf(real))) {
    return std::nullopt;
  }
  absl::StatusOr<PythonHome> home = InterpreterAt(python);
  if (!home.ok() || !Accepts(*home)) return std::nullopt;
  // Not /usr/bin/TOOL beside /usr/bin/python3.
  const bool is_environment =
      VenvOfDirectory(bin).has_value() ||
      std::filesystem::is_directory(absl::StrCat(bin, "/../conda-meta"), error);
  if (!is_environment) return std::nullopt;
  FoundPython found{*std::move(home), absl::StrCat("the first line of ", invocation_.script)};
  found.is_given = true;
  return found;
}

MaybeFound Finder::Active() const {
  const std::string& virtual_env = invocation_.virtual_env;
  const std::string& conda = invocation_.conda_prefix;
  std::vector<FoundPython> found;
  if (!virtual_env.empty() && (!own_.has_value() || virtual_env != own_->directory)) {
    if (std::optional<PythonHome> venv = VenvAt(virtual_env); venv.has_value()) {
      found.push_back({*std::move(venv), absl::StrCat("VIRTUAL_ENV=", virtual_env)});
    }
  }
  if (!conda.empty() && (!own_.has_value() || conda != own_->directory)) {
    if (std::optional<PythonHome> home = CondaAt(conda); home.has_value()) {
      found.push_back({*std::move(home), absl::StrCat("CONDA_PREFIX=", conda)});
    }
  }
  if (found.size() == 2 &&
      PositionOnPath(invocation_.path, conda) < PositionOnPath(invocation_.path, virtual_env)) {
    std::swap(found[0], found[1]);
  }
  for (FoundPython& one : found) {
    if (Accepts(one.home)) return std::move(one);
  }
  return std::nullopt;
}

MaybeFound Finder::Pyenv() const {
  const std::string shim = FindOnPath(invocation_.path, "python",
                                      [this](const std::string& file) { return !IsOurs(file); });
  const auto selected = SelectedByPyenv(shim, invocation_.pyenv_version, invocation_.directory,
                                        PyenvGlobal::kIgnored);
  if (!selected.ok()) return selected.status();
  if (!selected->has_value()) return std::nullopt;
  absl::StatusOr<PythonHome> home = InterpreterAt((*selected)->python);
  if (!home.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(home.status().message(), " (chosen: pyenv's version, by ", (*selected)->source,
                     "); --python names another Python"));
  }
  if (!Accepts(*home)) return std::nullopt;
  return FoundPython{*std::move(home), absl::StrCat("pyenv's version, by ", (*selected)->source)};
}

MaybeFound Finder::OnPath(const std::string& except) const {
  FoundPython found;
  absl::Status status;
  const auto accept = [&](const std::string& file) {
    if (IsOurs(file)) return false;
    const auto shim = SelectedByPyenv(file, invocation_.pyenv_version, invocation_.directory,
                                      PyenvGlobal::kIncluded);
    if (!shim.ok()) {
      status = shim.status();
      return true;
    }
    absl::StatusOr<PythonHome> home = InterpreterAt(shim->has_value() ? (*shim)->python : file);
    if (home.ok() && home->directory == except) return false;
    if (home.ok() && Accepts(*home)) {
      found.home = *std::move(home);
      found.rule = shim->has_value() ? absl::StrCat("pyenv's version, by ", (*shim)->source)
                                     : absl::StrCat(file, ", found on PATH");
      return true;
    }
    // A script, Python 2 or PyPy, or another version than the command names.
    if (refused_.empty()) {
      refused_ = home.ok() ? absl::StrCat(file, ": it is Python ", home->minor)
                           : std::string(home.status().message());
    }
    return false;
  };
  std::string file;
  if (!wanted_.empty())
    file = FindOnPath(invocation_.path, absl::StrCat("python", wanted_), accept);
  if (file.empty()) file = FindOnPath(invocation_.path, "python3", accept);
  if (!status.ok()) return status;
  if (file.empty()) return std::nullopt;
  absl::StrAppend(&found.rule, gone_);
  return found;
}

MaybeFound Finder::Installing() const {
  if (!is_wheel_) {
    FoundPython found;
    found.rule = "the Python that pyslow was built for";
    found.is_built_for = true;
    return found;
  }
  const std::string script = prefix_ + "/bin/pyslow-python";
  const std::string python = InterpreterOfScript(script);
  if (python.empty()) return std::nullopt;
  absl::StatusOr<PythonHome> home = InterpreterAt(python);
  if (!home.ok()) gone_ = absl::StrCat("; that of ", script, ": ", home.status().message());
  if (!home.ok() || !Accepts(*home)) return std::nullopt;
  FoundPython found{*std::move(home),
                    absl::StrCat("the Python that installed pyslow, by ", script)};
  found.is_own = true;
  return found;
}

absl::StatusOr<FoundPython> Finder::Find() const {
  if (is_python_ && venv_.has_value()) {
    FoundPython found{*venv_, absl::StrCat("the environment of ", invocation_.argv0)};
    found.is_by_name = true;
    return found;
  }
  const bool is_tool = own_.has_value() && own_->is_tool;
  const auto find_own = [this](absl::string_view kind) -> MaybeFound {
    if (!own_.has_value() || !Accepts(*own_)) return std::nullopt;
    FoundPython own{*own_, absl::StrCat("the ", kind, "environment that pyslow is installed in")};
    own.is_own = true;
    return own;
  };
  MaybeFound found = StoodFor();
  const auto next = [&found](auto rule) {
    if (found.ok() && !found->has_value()) found = rule();
  };
  next([&] { return Given(); });
  next([&] { return OfScript(); });
  if (!is_tool) next([&] { return find_own(""); });
  next([&] { return Active(); });
  next([&] { return Pyenv(); });
  if (is_tool) {
    next([&] { return OnPath(own_->directory); });
    next([&] { return find_own("tool's "); });
  }
  next([&] { return Installing(); });
  next([&] { return OnPath(""); });
  if (!found.ok()) return found.status();
  if (found->has_value()) return **std::move(found);
  return absl::FailedPreconditionError(
      absl::StrCat("PATH: there is no python", wanted_.empty() ? "3" : wanted_,
                   refused_.empty() ? "" : absl::StrCat(" that can be used (", refused_, ")"),
                   " and no environment ", wanted_.empty() ? "" : "of that version ", "is active",
                   gone_, "; activate one or name a Python with --python"));
}

}  // namespace

std::string InterpreterOfScript(const std::string& script) {
  constexpr size_t kMaxBytes = 1 << 16;
  const auto text = ReadRegularFile(script, kMaxBytes);
  if (!text.ok()) return "";
  const std::vector<std::string> lines = absl::StrSplit(*text, absl::MaxSplits('\n', 2));
  absl::string_view line = lines[0];
  if (!absl::ConsumePrefix(&line, "#!")) return "";
  line = absl::StripLeadingAsciiWhitespace(line);
  if (line != "/bin/sh" || lines.size() < 2) {
    return std::string(line.substr(0, line.find_first_of(" \t")));
  }
  line = lines[1];
  if (!absl::ConsumePrefix(&line, "'''exec' ")) return "";
  const char quote = !line.empty() && (line[0] == '"' || line[0] == '\'') ? line[0] : ' ';
  if (quote != ' ') line.remove_prefix(1);
  return std::string(line.substr(0, line.find(quote)));
}

absl::StatusOr<FoundPython> FindPython(const Invocation& invocation, const std::string& invoked) {
  return Finder(invocation, invoked).Find();
}

}  // namespace pyslow::launcher
