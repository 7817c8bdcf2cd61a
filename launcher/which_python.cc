#include "launcher/which_python.h"

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"

namespace pyslow::launcher {
namespace {

std::string Directory(const std::string& file) {
  return std::filesystem::path(file).parent_path().string();
}

std::string BaseName(const std::string& file) {
  return std::filesystem::path(file).filename().string();
}

bool IsExecutableFile(const std::string& file) {
  struct stat info;
  return stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(file.c_str(), X_OK) == 0;
}

bool IsSameFile(const std::string& a, const std::string& b) {
  struct stat first;
  struct stat second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

// The path that a shell would execute for argv0, links not resolved; "" if that is no file, or not
// this program (exec -a).
std::string InvokedFile(const Invocation& invocation) {
  std::error_code error;
  if (invocation.argv0.find('/') != std::string::npos) {
    const std::string file = std::filesystem::absolute(invocation.argv0, error).string();
    return !error && IsSameFile(file, invocation.binary) ? file : "";
  }
  for (const absl::string_view directory : absl::StrSplit(invocation.path, ':')) {
    const std::string file =
        absl::StrCat(directory.empty() ? "." : directory, "/", invocation.argv0);
    if (!IsExecutableFile(file)) continue;
    const std::string absolute = std::filesystem::absolute(file, error).lexically_normal().string();
    return !error && IsSameFile(absolute, invocation.binary) ? absolute : "";
  }
  return "";
}

// The file of the interpreter that created a virtual environment. Tries `name`, then the usual
// names. A link is resolved if its target is in the same directory. The same rules as getpath.py.
std::string BaseInterpreter(const Venv& venv, const std::string& name) {
  for (const std::string& candidate : {name, std::string("python"), std::string("python3"),
                                       absl::StrCat("python", BuiltForMinor())}) {
    const std::string file = absl::StrCat(venv.home, "/", candidate);
    if (venv.home.empty() || !IsExecutableFile(file)) continue;
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(file, error);
    return !error && real.parent_path() == venv.home ? real.string() : file;
  }
  return std::string(BuiltForExecutable());
}

// The pyslow for the environment's minor version, beside this one.
absl::StatusOr<std::string> PyslowFor(const Invocation& invocation, const Venv& venv) {
  const std::string file = absl::StrCat(Directory(invocation.binary), "/pyslow", venv.minor);
  if (IsExecutableFile(file) && !IsSameFile(file, invocation.binary)) return file;
  return absl::FailedPreconditionError(absl::StrCat(
      venv.directory, ": the environment is for Python ", venv.minor, ", this pyslow for ",
      BuiltForMinor(), ", and there is no ", file, "; install pyslow for ", venv.minor,
      " in the same directory (./bootstrap install --python ", venv.home, "/python3)"));
}

// The name that children are started by: the environment's python if that is a link to pyslow, else
// the link that is installed beside this program.
absl::StatusOr<std::string> ChildName(const Invocation& invocation,
                                      const std::optional<Venv>& venv) {
  if (venv.has_value()) {
    const std::string own = venv->directory + "/bin/python";
    if (IsSameFile(own, invocation.binary)) return own;
  }
  const std::string installed =
      absl::StrCat(Directory(invocation.binary), "/python", BuiltForMinor(), "-pyslow");
  if (IsSameFile(installed, invocation.binary)) return installed;
  return absl::FailedPreconditionError(absl::StrCat(
      installed, ": missing, but needed as sys.executable, the name that starts children; create ",
      "this symbolic link to ", BaseName(invocation.binary)));
}

}  // namespace

bool IsPythonName(absl::string_view argv0) {
  const size_t slash = argv0.rfind('/');
  return absl::StartsWith(slash == absl::string_view::npos ? argv0 : argv0.substr(slash + 1),
                          "python");
}

absl::string_view BuiltForExecutable() { return PYSLOW_PYTHON_EXECUTABLE; }
absl::string_view BuiltForMinor() { return PYSLOW_PYTHON_MINOR; }

bool IsBuiltFor(const std::string& executable) {
  const std::string own(BuiltForExecutable());
  return executable == own || IsSameFile(executable, own);
}

std::optional<Venv> VenvAt(const std::string& directory) {
  constexpr size_t kMaxBytes = 1 << 20;
  const auto text = ReadRegularFile(directory + "/pyvenv.cfg", kMaxBytes);
  if (!text.ok()) return std::nullopt;
  Venv venv;
  venv.directory = directory;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> item =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const std::string key = absl::AsciiStrToLower(absl::StripAsciiWhitespace(item.first));
    const absl::string_view value = absl::StripAsciiWhitespace(item.second);
    if (key == "home") venv.home = std::string(value);
    // venv writes "version", virtualenv "version_info".
    if (key == "version" || key == "version_info") {
      const std::vector<absl::string_view> parts = absl::StrSplit(value, '.');
      if (parts.size() >= 2) venv.minor = absl::StrCat(parts[0], ".", parts[1]);
    }
  }
  return venv;
}

std::optional<Venv> VenvOfDirectory(const std::string& bin_directory) {
  std::optional<Venv> venv = VenvAt(bin_directory);
  return venv.has_value() ? venv : VenvAt(Directory(bin_directory));
}

std::string BinaryFile() {
  std::error_code error;
  std::string file = std::filesystem::read_symlink("/proc/self/exe", error).string();
  if (!error) return file;
  // Without /proc. NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval returns pointers as
  // integers
  const auto* executed = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return executed != nullptr ? executed : "";
}

absl::StatusOr<PythonChoice> ChoosePython(const Invocation& invocation) {
  const std::string invoked = InvokedFile(invocation);
  const bool is_python = IsPythonName(invocation.argv0);
  const std::string own_directory = Directory(invoked.empty() ? invocation.binary : invoked);
  const std::optional<Venv> own = VenvOfDirectory(own_directory);
  std::optional<Venv> venv = own;
  if (!venv.has_value() && !invocation.virtual_env.empty()) venv = VenvAt(invocation.virtual_env);
  PythonChoice choice;
  if (venv.has_value() && !venv->minor.empty() && venv->minor != BuiltForMinor()) {
    // A child named python3.13-… is Python 3.13 in any active environment, as python3.13 is.
    if (!own.has_value() && is_python &&
        absl::StrContains(BaseName(invocation.argv0), BuiltForMinor())) {
      venv.reset();
    } else {
      absl::StatusOr<std::string> other = PyslowFor(invocation, *venv);
      if (!other.ok()) return other.status();
      choice.other_pyslow = *std::move(other);
      return choice;
    }
  }
  choice.base_executable =
      venv.has_value() ? BaseInterpreter(*venv, is_python ? BaseName(invocation.argv0) : "python")
                       : std::string(BuiltForExecutable());
  if (!IsExecutableFile(choice.base_executable)) choice.base_executable.clear();
  if (is_python && !invoked.empty() && (own.has_value() || !venv.has_value())) {
    choice.argv0 = invocation.argv0;  // a link named python: Python finds everything from it
    return choice;
  }
  absl::StatusOr<std::string> child = ChildName(invocation, venv);
  if (!child.ok()) return child.status();
  choice.argv0 = is_python ? invocation.argv0 : *child;
  choice.executable = *child;
  choice.final_executable = *child;
  // site finds the environment from sys.executable, which must be in it until site is imported.
  if (venv.has_value() && !absl::StartsWith(*child, venv->directory)) {
    choice.executable = venv->directory + "/bin/python";
  }
  return choice;
}

}  // namespace pyslow::launcher
