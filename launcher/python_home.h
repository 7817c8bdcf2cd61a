// Pythons on disk: virtual environments, conda environments, and interpreters outside one.
#ifndef PYSLOW_LAUNCHER_PYTHON_HOME_H_
#define PYSLOW_LAUNCHER_PYTHON_HOME_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace pyslow::launcher {

// An environment or an interpreter outside one.
struct PythonHome {
  std::string directory;  // of the environment or installation
  std::string home;       // the directory of its base interpreter
  std::string base;       // the base interpreter, links resolved; "": one in `home`
  std::string minor;      // "3.13", "3.13t"; "" if not known
  // The executable from whose path Python finds the environment; it need not exist.
  std::string python;
  // Made for one command-line tool by uv or pipx: not an environment that the user works in.
  bool is_tool = false;
};

// The environment whose bin/ is `bin_directory` (PEP 405: pyvenv.cfg there or one level up), or
// nullopt.
std::optional<PythonHome> VenvOfDirectory(const std::string& bin_directory);
// The virtual environment in `directory`, or nullopt.
std::optional<PythonHome> VenvAt(const std::string& directory);

// The conda environment in `directory`, or nullopt if it contains no CPython. It has no pyvenv.cfg:
// its Python is an installation of its own.
std::optional<PythonHome> CondaAt(const std::string& directory);

// The interpreter in `file`, in its virtual environment if it is in one. FailedPrecondition, "FILE:
// WHAT", if it is not an executable file or not CPython.
absl::StatusOr<PythonHome> InterpreterAt(const std::string& file);

// The executable that a shim of pyenv runs.
struct PyenvVersion {
  std::string python;  // ROOT/versions/3.12.1/bin/python, with the name of the shim
  std::string source;  // the file or the variable that selects the version
};
enum class PyenvGlobal { kIgnored, kIncluded };
// The version that is selected by PYENV_VERSION, whose value is `variable`, else for `directory` (a
// .python-version file there or above), else, if included, globally (ROOT/version). Of several
// versions, the first that has the program. `shim` is a file on PATH. nullopt if it is no shim of
// pyenv, if no version is selected, or if "system" is: the next file on PATH is meant then.
// FailedPrecondition if that version is not installed.
absl::StatusOr<std::optional<PyenvVersion>> SelectedByPyenv(const std::string& shim,
                                                            const std::string& variable,
                                                            const std::string& directory,
                                                            PyenvGlobal global);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYTHON_HOME_H_
