// The start of pyslow, from argv to the exit status, in a process that contains a CPython.
#ifndef PYSLOW_LAUNCHER_START_H_
#define PYSLOW_LAUNCHER_START_H_

#include <string>

#include "absl/status/statusor.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// How this process came to run CPython.
struct LaunchContext {
  std::string binary;  // the pyslow program that the user started, absolute
  absl::StatusOr<PythonChoice> choice;
  bool is_preloaded = false;  // libpyslow is preloaded into the interpreter's own executable
  // Why CPython is embedded although the interpreter's own executable should run, or "".
  std::string embed_reason = {};
  // Not "": the stub executed this executable without a check, and it may not be the chosen Python.
  // The path of libpyslow; pyslowX.Y-launcher is in the same directory.
  std::string unverified_library = {};
};

// Resolves the settings, opens the session, starts the interpreter with the engine installed, and
// runs the user's program. A mistake in command line or settings ends with status 2 before Python
// starts. Returns the exit status. `argv` must be the argv of main: it may be passed to execve, and
// setproctitle expects it in front of the environment. Call it once, in the main thread.
int Start(int argc, char** argv, const LaunchContext& context);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_START_H_
