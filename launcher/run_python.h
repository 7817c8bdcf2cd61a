// Being python: CPython's own main, in two halves where an engine is to be put in between.
#ifndef PYSLOW_LAUNCHER_RUN_PYTHON_H_
#define PYSLOW_LAUNCHER_RUN_PYTHON_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// "3.13.0", of the libpython that is loaded. Needs no interpreter.
std::string PythonVersion();

// Runs Python with `words` as its command line behind argv[0], as `python` does, and returns its
// exit status; does not return where Python itself exits. `typed` is this process's whole command
// line, as main got it. `install`, if given, is called with the GIL held when the interpreter's
// core is initialised and nothing has been imported; its error ends the process with status 2.
int RunPython(const PythonChoice& choice, const std::vector<std::string>& typed,
              const std::vector<std::string>& words, const std::function<absl::Status()>& install);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_RUN_PYTHON_H_
