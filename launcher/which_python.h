// Which Python this start of pyslow stands for, and what its children shall call.
#ifndef PYSLOW_LAUNCHER_WHICH_PYTHON_H_
#define PYSLOW_LAUNCHER_WHICH_PYTHON_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::launcher {

// What pyvenv.cfg says of a virtual environment.
struct Venv {
  std::string directory;
  std::string home;   // the directory of the interpreter that it was made from
  std::string minor;  // "3.13"; "" where it does not say
};

// The environment whose bin/ is `bin_directory` (PEP 405: pyvenv.cfg there or one level up).
std::optional<Venv> VenvOfDirectory(const std::string& bin_directory);
// The environment in `directory`.
std::optional<Venv> VenvAt(const std::string& directory);

// The file of this process, links resolved.
std::string BinaryFile();

// True for a name under which pyslow is python and has no options: its last part starts with
// "python".
bool IsPythonName(absl::string_view argv0);

// What is known of this process before Python starts.
struct Invocation {
  std::string argv0;
  std::string binary;       // the pyslow program's file, links resolved
  std::string path;         // $PATH
  std::string virtual_env;  // $VIRTUAL_ENV, or ""
};

struct PythonChoice {
  // What Python gets as argv[0], and so as the place it finds its prefix from.
  std::string argv0;
  // sys.executable while site runs; "": Python finds it from argv0 itself.
  std::string executable;
  // sys.executable for the program, a name that starts with python and is pyslow; "": as above.
  std::string final_executable;
  // sys._base_executable: the interpreter that an environment made from here is linked to.
  std::string base_executable;
  // Not empty: this program is for another minor version, and has to become that file.
  std::string become;
};

// Chooses: the environment that argv0's directory belongs to, else $VIRTUAL_ENV, else the Python
// that this program was built for. FailedPrecondition where that is another minor version and no
// pyslow of it lies beside this one, or where this program's own python link is missing.
absl::StatusOr<PythonChoice> ChoosePython(const Invocation& invocation);

// The interpreter this program was built with, and its minor version "3.13".
absl::string_view BuiltForExecutable();
absl::string_view BuiltForMinor();
// Whether `executable` is that interpreter, under whatever name.
bool IsBuiltFor(const std::string& executable);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_WHICH_PYTHON_H_
