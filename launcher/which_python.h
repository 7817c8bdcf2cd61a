// Chooses the Python that this start of pyslow replaces, and the name that children are started by.
#ifndef PYSLOW_LAUNCHER_WHICH_PYTHON_H_
#define PYSLOW_LAUNCHER_WHICH_PYTHON_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::launcher {

// Contents of a virtual environment's pyvenv.cfg.
struct Venv {
  std::string directory;
  std::string home;   // the directory of the interpreter that created the environment
  std::string minor;  // "3.13"; "" if not given
};

// The environment whose bin/ is `bin_directory` (PEP 405: pyvenv.cfg there or one level up), or
// nullopt.
std::optional<Venv> VenvOfDirectory(const std::string& bin_directory);
// The environment in `directory`, or nullopt.
std::optional<Venv> VenvAt(const std::string& directory);

// The file that this process runs, links resolved.
std::string BinaryFile();

// Whether the file name of `argv0` starts with "python". Under such a name pyslow behaves as python
// and has no options of its own.
bool IsPythonName(absl::string_view argv0);

// Inputs of the choice.
struct Invocation {
  std::string argv0;
  std::string binary;       // the pyslow program's file, links resolved
  std::string path;         // $PATH
  std::string virtual_env;  // $VIRTUAL_ENV, or ""
};

struct PythonChoice {
  // argv[0] for Python, which computes its prefix from it.
  std::string argv0;
  // sys.executable during the import of site; "": Python computes it from argv0.
  std::string executable;
  // sys.executable for the user's program: a link to pyslow whose name starts with "python"; "": as
  // above.
  std::string final_executable;
  // sys._base_executable: the interpreter to which `python -m venv` links an environment.
  std::string base_executable;
  // Not "": the chosen Python is of another minor version; execute this pyslow instead.
  std::string other_pyslow;
};

// Chooses the environment of argv0's directory, else $VIRTUAL_ENV, else the Python that this
// program was built for. FailedPrecondition if the chosen Python is of another minor version and
// there is no pyslow for it beside this one, or if the link python3.X-pyslow beside this program is
// missing.
absl::StatusOr<PythonChoice> ChoosePython(const Invocation& invocation);

// The interpreter that this program was built for, and its minor version ("3.13").
absl::string_view BuiltForExecutable();
absl::string_view BuiltForMinor();
// Whether `executable` is that interpreter's file, under any name.
bool IsBuiltFor(const std::string& executable);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_WHICH_PYTHON_H_
