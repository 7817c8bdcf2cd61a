// Which Python, for this process.
#ifndef PYSLOW_LAUNCHER_CHOOSE_FOR_PROCESS_H_
#define PYSLOW_LAUNCHER_CHOOSE_FOR_PROCESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// The inputs of ChoosePython from argv and the environment. --python is ignored if the command line
// contains an error, which Start reports.
Invocation InvocationOf(int argc, char** argv, const std::string& binary);

// ChoosePython for these inputs, with sys.executable in a stand-in (stand_in.h) if that is
// possible.
absl::StatusOr<PythonChoice> ChooseForProcess(int argc, char** argv, const std::string& binary);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_CHOOSE_FOR_PROCESS_H_
