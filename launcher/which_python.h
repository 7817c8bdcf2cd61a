// Chooses the Python that this start of pyslow replaces, and the name that children are started by.
#ifndef PYSLOW_LAUNCHER_WHICH_PYTHON_H_
#define PYSLOW_LAUNCHER_WHICH_PYTHON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "launcher/python_home.h"

namespace pyslow::launcher {

// The interpreter that this program was built for, and its minor version ("3.13"). Both are "" in
// the program `pyslow` of a wheel, which runs each Python that a library of the wheel is for; in
// the wheel's libraries the first one is "".
absl::string_view BuiltForExecutable();
absl::string_view BuiltForMinor();

// The file that this process runs, links resolved.
std::string BinaryFile();

// Whether the file name of `argv0` starts with "python". Under such a name pyslow behaves as python
// and has no options of its own.
bool IsPythonName(absl::string_view argv0);

// Inputs of the choice. A variable that is not set is "".
struct Invocation {
  std::string argv0;
  std::string binary;              // the pyslow program's file, links resolved
  std::string path;                // $PATH
  std::string virtual_env;         // $VIRTUAL_ENV
  std::string conda_prefix = {};   // $CONDA_PREFIX
  std::string pyenv_version = {};  // $PYENV_VERSION
  std::string python = {};         // the value of --python or SPEED_BUMP_PYTHON
  std::string python_from = {};    // which of the two
  std::string script = {};         // the script that Python will run, as the user names it
  std::string module = {};         // or the module, of -m
  std::string directory = {};      // the current directory
  std::string built_for = std::string(BuiltForExecutable());
  std::string minor = std::string(BuiltForMinor());
  std::string wanted = {};  // the minor version that the command line names, "3.12"
};

struct PythonChoice {
  // argv[0] for Python, which computes its prefix from it.
  std::string argv0;
  // sys.executable during the import of site; "": Python computes it from argv0.
  std::string executable;
  // sys.executable for the user's program: a link to pyslow whose name starts with "python", or
  // Python's own for a program that writes it into files (pip, virtualenv); "": as above.
  std::string final_executable;
  // Not "": the Python of an environment in which there is no link to pyslow; final_executable is
  // another program, elsewhere. The stand-in is that by whose name this process was started, or "".
  std::string absent_from;
  std::string stand_in;
  // sys._base_executable: the interpreter to which `python -m venv` links an environment.
  std::string base_executable;
  // The minor version of that interpreter.
  std::string minor;
  // The rule that chose it, for people.
  std::string rule;
  // In a wheel, the directory of its libraries; else "".
  std::string library_directory;
  // Not "": the value of SPEED_BUMP_PYTHON for children, absolute, as the environment does not name
  // this Python.
  std::string python;
  // Not "": the chosen Python is of another minor version; execute this pyslow instead.
  std::string other_pyslow;
};

// Chooses, by the first of these rules that finds one:
//   1. the environment of argv0's directory, if argv0 is a name of python (PEP 405), or the Python
//      that this directory stands in for
//   2. --python or SPEED_BUMP_PYTHON
//   3. the environment of a script in its bin/, links resolved, whose first line names the Python
//      there
//   4. the environment, also of conda, that this program is installed in, unless it is a tool's
//   5. VIRTUAL_ENV or CONDA_PREFIX; of both, the one that is first on PATH
//   6. the version that the user selected in pyenv
//   7. in a tool's environment: python3 on PATH outside it, else that environment
//   8. the Python that this program was built for or, in a wheel, that installed it
//   9. in a wheel: python3 on PATH
// A python3 on PATH that is a shim of pyenv is what it runs, also by pyenv's global version.
// If the command line names a minor version ("pyslow python3.12 x.py"), Pythons of others are
// skipped.
// FailedPrecondition if there is none, if it is of a minor version that this installation of pyslow
// is not for, or if the program python3.X-pyslow is missing.
absl::StatusOr<PythonChoice> ChoosePython(const Invocation& invocation);

// Whether `executable` is the interpreter's file that this program was built for, under any name.
bool IsBuiltFor(const std::string& executable);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_WHICH_PYTHON_H_
