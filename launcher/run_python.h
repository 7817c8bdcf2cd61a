// Runs CPython as its own main does, optionally with an engine installed during initialization.
#ifndef PYSLOW_LAUNCHER_RUN_PYTHON_H_
#define PYSLOW_LAUNCHER_RUN_PYTHON_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// The version of the loaded CPython, such as "3.13.0". Needs no interpreter.
std::string PythonVersion();

// Runs Python with the arguments `words`, as `python` does, and returns its exit status; does not
// return if Python itself exits. `command_line` is the argv of main. `install`, if given, is called
// with the GIL held after core initialization, before any import; its error ends the process with
// status 2.
int RunPython(const PythonChoice& choice, const std::vector<std::string>& command_line,
              const std::vector<std::string>& words, const std::function<absl::Status()>& install);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_RUN_PYTHON_H_
