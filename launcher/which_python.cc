#include "launcher/which_python.h"

#include <sys/auxv.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/path.h"
#include "base/shell_command.h"
#include "base/typed_command.h"
#include "launcher/find_python.h"
#include "launcher/handoff/handoff_check.h"
#include "launcher/stand_in.h"

namespace pyslow::launcher {
namespace {

// Whether a file is the pyslow for another version beside this one. It executes this one if the
// environment is for this version.
bool IsPyslowBeside(const std::string& file, const std::string& binary) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(file, error);
  return !error && absl::StartsWith(real.filename().string(), "pyslow3.") &&
         real.parent_path() == DirectoryOf(binary);
}

// The path that a shell would execute for argv0, links not resolved; "" if that is no file, or not
// this program (exec -a).
std::string InvokedFile(const Invocation& invocation) {
  const std::string& argv0 = invocation.argv0;
  const std::string file =
      absl::StrContains(argv0, '/') ? FullPath(argv0) : FindOnPath(invocation.path, argv0);
  const std::string& binary = invocation.binary;
  return IsSameFile(file, binary) || IsPyslowBeside(file, binary) ? file : "";
}

// The file of the interpreter that created a virtual environment. Tries `name`, then the usual
// names. A link is resolved if its target is in the same directory. The same rules as getpath.py,
// but /usr/bin/python3 may be of another version than the environment, whose python getpath.py
// follows to python3.13: an interpreter whose name has another version is the last choice.
std::string BaseInterpreter(const PythonHome& venv, const std::string& name) {
  std::string other;
  for (const std::string& candidate :
       {name, std::string("python"), std::string("python3"), absl::StrCat("python", venv.minor)}) {
    const std::string file = absl::StrCat(venv.home, "/", candidate);
    if (venv.home.empty() || !IsExecutableFile(file)) continue;
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(file, error);
    const std::string found = !error && real.parent_path() == venv.home ? real.string() : file;
    const std::string minor = error ? "" : MinorInName(real.string());
    if (minor.empty() || venv.minor.empty() || minor == venv.minor) return found;
    if (other.empty()) other = found;
  }
  return other;
}

// Where the libraries of a wheel may be: beside its program, or in libexec/ for a program in bin/.
// First those of the file that runs: the copy of --into must not take those of another version that
// is installed in the environment. A link to a file elsewhere may have them beside itself only, if
// uv links the files of a package one by one.
std::vector<std::string> LibraryDirectories(const Invocation& invocation) {
  std::vector<std::string> directories;
  for (const std::string& file : {invocation.binary, InvokedFile(invocation)}) {
    if (file.empty()) continue;
    const std::string bin = DirectoryOf(file);
    directories.push_back(DirectoryOf(bin) + "/libexec/pyslow");
    directories.push_back(bin);
  }
  return directories;
}

// The minor versions that the libraries in a directory are for, such as "3.12, 3.13".
std::string MinorsOf(const std::string& library_directory) {
  std::vector<std::string> minors;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(library_directory, error)) {
    const std::string name = entry.path().filename().string();
    constexpr absl::string_view kBegin = "libpyslow";
    constexpr absl::string_view kEnd = ".so";
    if (name.size() > kBegin.size() + kEnd.size() && absl::StartsWith(name, kBegin) &&
        absl::EndsWith(name, kEnd)) {
      minors.push_back(name.substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size()));
    }
  }
  std::sort(minors.begin(), minors.end());
  return absl::StrJoin(minors, ", ");
}

// What to do if the Python of a choice cannot be used.
std::string AnotherPython(const Invocation& invocation) {
  return invocation.python_from == "--into" ? "make the environment with another Python"
                                            : "--python names another Python";
}

// The directory of a wheel's libraries, if one is for the Python that was found.
absl::StatusOr<std::string> LibraryDirectory(const Invocation& invocation,
                                             const FoundPython& found) {
  const std::vector<std::string> directories = LibraryDirectories(invocation);
  for (const std::string& directory : directories) {
    std::error_code error;
    const std::string library = absl::StrCat(directory, "/libpyslow", found.home.minor, ".so");
    if (std::filesystem::exists(library, error)) return directory;
  }
  std::string minors;
  for (const std::string& directory : directories) {
    if (minors.empty()) minors = MinorsOf(directory);
  }
  if (minors.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(directories.empty() ? "pyslow" : directories.front(),
                     ": the libraries of pyslow are missing; reinstall it"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat(found.home.python, ": it is Python ", found.home.minor, " (chosen: ", found.rule,
                   "), and this pyslow is for ", minors, "; ", AnotherPython(invocation)));
}

// Whether a minor version such as "3.11" or "3.14t" is older than the first with PEP 669, 3.12.
bool IsTooOld(absl::string_view minor) {
  int number = 0;
  absl::ConsumeSuffix(&minor, "t");
  return !absl::ConsumePrefix(&minor, "3.") || !absl::SimpleAtoi(minor, &number) || number < 12;
}

// The command that installs a pyslow for this Python beside this one. It names this one's Python
// too, because the link `pyslow` is to the one for the newest Python that is named.
std::string InstallCommand(const Invocation& invocation, const PythonHome& home) {
  std::string python = home.base.empty() ? BaseInterpreter(home, "python") : home.base;
  if (python.empty()) python = absl::StrCat("python", home.minor);
  const std::string prefix = DirectoryOf(DirectoryOf(invocation.binary));
  return ShellCommand({"./bootstrap", "install", "--prefix", prefix, "--python", python, "--python",
                       invocation.built_for});
}

// The pyslow for the environment's minor version, beside this one.
absl::StatusOr<std::string> PyslowFor(const Invocation& invocation, const FoundPython& found) {
  const PythonHome& home = found.home;
  const std::string file = absl::StrCat(DirectoryOf(invocation.binary), "/pyslow", home.minor);
  if (IsExecutableFile(file) && !IsSameFile(file, invocation.binary)) return file;
  return absl::FailedPreconditionError(absl::StrCat(
      home.directory, ": the environment is for Python ", home.minor, " (chosen: ", found.rule,
      "), ",
      IsTooOld(home.minor)
          ? "and pyslow needs 3.12 or later"
          : absl::StrCat("this pyslow for ", invocation.minor, ", and there is no ", file,
                         "; install pyslow for ", home.minor, " in the same directory (",
                         InstallCommand(invocation, home), ")"),
      "; ", AnotherPython(invocation)));
}

// The pyslow for the minor version that the command line names, beside this one.
absl::StatusOr<std::string> PyslowNamed(const Invocation& invocation) {
  std::string file = absl::StrCat(DirectoryOf(invocation.binary), "/pyslow", invocation.wanted);
  if (IsExecutableFile(file) && !IsSameFile(file, invocation.binary)) return file;
  return absl::FailedPreconditionError(
      absl::StrCat("python", invocation.wanted, ": this pyslow is for ", invocation.minor,
                   ", and there is no ", file, "; name a Python ", invocation.minor,
                   ", or install pyslow for that version in the same directory"));
}

// The name that children are started by: the environment's python if that is a link to pyslow, else
// the program of that name that is installed with this one.
absl::StatusOr<std::string> ChildName(const Invocation& invocation, const FoundPython& found,
                                      const PythonChoice& choice) {
  if (!found.is_built_for) {
    const std::string own = found.home.directory + "/bin/python";
    if (IsSameFile(own, invocation.binary)) return own;
  }
  if (invocation.built_for.empty()) {
    std::string child = absl::StrCat(choice.library_directory, "/python", choice.minor, "-pyslow");
    if (IsExecutableFile(child)) return child;
    return absl::FailedPreconditionError(absl::StrCat(
        child, ": missing or not executable, but needed as sys.executable, the name that starts ",
        "children; reinstall pyslow"));
  }
  const std::string installed =
      absl::StrCat(DirectoryOf(invocation.binary), "/python", choice.minor, "-pyslow");
  if (IsSameFile(installed, invocation.binary)) return installed;
  return absl::FailedPreconditionError(absl::StrCat(
      installed, ": missing, but needed as sys.executable, the name that starts children; create ",
      "this symbolic link to ", BaseNameOf(invocation.binary)));
}

// Whether the program writes sys.executable into files that must not depend on pyslow, and so has
// to see Python's own. virtualenv (also for tox, poetry and others) runs a script by sys.executable
// to learn which interpreter to make an environment of; outside an environment that prints
// sys.executable. pip writes it into the first lines of scripts.
bool RecordsExecutable(const Invocation& invocation) {
  const std::string name = BaseNameOf(invocation.script);
  if (name == "_py_info_collect.py" || name == "_py_info.py" || name == "py_info.py") return true;
  absl::string_view rest = name;
  return invocation.module == "pip" ||
         (absl::ConsumePrefix(&rest, "pip") &&
          rest.find_first_not_of("0123456789.") == absl::string_view::npos);
}

// Sets the interpreter of the choice and its minor version.
absl::Status SetInterpreter(const Invocation& invocation, FoundPython* found,
                            PythonChoice* choice) {
  PythonHome& home = found->home;
  if (found->is_built_for) {
    choice->base_executable = invocation.built_for;
    choice->minor = invocation.minor;
  } else {
    const std::string& name = IsPythonName(invocation.argv0) ? invocation.argv0 : home.python;
    choice->base_executable =
        home.base.empty() ? BaseInterpreter(home, BaseNameOf(name)) : home.base;
    if (choice->base_executable.empty()) {
      const bool is_needed =
          invocation.built_for.empty() || (!home.home.empty() && home.minor == invocation.minor);
      if (is_needed) {
        return absl::FailedPreconditionError(absl::StrCat(home.directory, ": its Python is not in ",
                                                          home.home, " (chosen: ", found->rule,
                                                          "); make the environment again"));
      }
      choice->base_executable = invocation.built_for;
    }
    if (home.minor.empty() && IsExecutableFile(choice->base_executable)) {
      std::error_code error;
      const auto real = std::filesystem::canonical(choice->base_executable, error);
      const absl::StatusOr<std::string> minor = handoff::MinorOf(real.string());
      if (minor.ok()) home.minor = *minor;
    }
    choice->minor = home.minor.empty() ? invocation.minor : home.minor;
  }
  if (!IsExecutableFile(choice->base_executable)) choice->base_executable.clear();
  return absl::OkStatus();
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

std::string BinaryFile() {
  std::error_code error;
  std::string file = std::filesystem::read_symlink("/proc/self/exe", error).string();
  if (!error) return file;
  // Without /proc. getauxval returns pointers as integers.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  const auto* executed = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return executed != nullptr ? executed : "";
}

absl::StatusOr<PythonChoice> ChoosePython(const Invocation& invocation) {
  const std::string invoked = InvokedFile(invocation);
  const bool is_python = IsPythonName(invocation.argv0);
  absl::StatusOr<FoundPython> found = FindPython(invocation, invoked);
  if (!found.ok()) return found.status();
  PythonHome& home = found->home;
  PythonChoice choice;
  choice.rule = found->rule;
  if (found->is_given) choice.python = home.python;
  const absl::Status status = SetInterpreter(invocation, &*found, &choice);
  if (!status.ok()) return status;
  if (invocation.built_for.empty()) {
    absl::StatusOr<std::string> directory = LibraryDirectory(invocation, *found);
    if (!directory.ok()) return directory.status();
    choice.library_directory = *std::move(directory);
  } else if (found->is_built_for && !invocation.wanted.empty() &&
             invocation.wanted != invocation.minor) {
    absl::StatusOr<std::string> other = PyslowNamed(invocation);
    if (!other.ok()) return other.status();
    choice.other_pyslow = *std::move(other);
    return choice;
  } else if (choice.minor != invocation.minor) {
    absl::StatusOr<std::string> other = PyslowFor(invocation, *found);
    if (!other.ok()) return other.status();
    choice.other_pyslow = *std::move(other);
    return choice;
  }
  // A link to a wheel's program, in a directory without an environment.
  const bool is_link = found->is_own && DirectoryOf(invoked) != choice.library_directory;
  if (RecordsExecutable(invocation) && !found->is_by_name) {
    choice.final_executable =
        home.base.empty() && !found->is_built_for ? home.python : choice.base_executable;
  }
  if (is_python && !invoked.empty() && (found->is_by_name || found->is_built_for || is_link)) {
    choice.argv0 = invocation.argv0;  // a link named python: Python finds everything from it
    return choice;
  }
  absl::StatusOr<std::string> child = ChildName(invocation, *found, choice);
  if (!child.ok()) return child.status();
  choice.argv0 = is_python ? invocation.argv0 : *child;
  choice.executable = *child;
  if (choice.final_executable.empty()) {
    choice.final_executable = *child;
    // Not with a relative VIRTUAL_ENV, which is another environment in each directory.
    const std::string bin = DirectoryOf(home.python);
    if (!found->is_built_for && absl::StartsWith(bin, "/") && IsPythonName(home.python) &&
        DirectoryOf(*child) != bin) {
      choice.absent_from = home.python;
      if (StandsFor(DirectoryOf(invoked)) == bin) choice.stand_in = DirectoryOf(invoked);
    }
  }
  // site finds the environment from sys.executable, which must be in it until site is imported.
  if (!found->is_built_for && DirectoryOf(*child) != DirectoryOf(home.python)) {
    choice.executable = home.python;
  }
  return choice;
}

}  // namespace pyslow::launcher
