// Which Python, for this process.
#ifndef PYSLOW_LAUNCHER_CHOOSE_FOR_PROCESS_H_
#define PYSLOW_LAUNCHER_CHOOSE_FOR_PROCESS_H_

#include <string>

#include "absl/status/status.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// The inputs of ChoosePython from argv and the environment. --python is ignored if the command line
// contains an error, which Start reports.
Invocation InvocationOf(int argc, char** argv, const std::string& binary);

// Puts sys.executable into a stand-in (stand_in.h), which it makes or updates, if the environment
// has no link to pyslow. Unavailable, "WHERE: WHAT, WHAT TO DO", if that is not possible; then
// sys.executable is another program, which works, but nothing of the environment is beside it.
absl::Status UseStandIn(PythonChoice* choice);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_CHOOSE_FOR_PROCESS_H_
