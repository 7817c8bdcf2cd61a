// Runs a program to find out whether it is pyslow.
#ifndef PYSLOW_LAUNCHER_PROBE_PYSLOW_H_
#define PYSLOW_LAUNCHER_PROBE_PYSLOW_H_

#include <string>

#include "absl/status/status.h"

namespace pyslow::launcher {

// Ok if `python`, run with a target, is Python in the environment `venv` with pyslow's tool
// registered. Else FailedPrecondition, "PYTHON: WHAT", with the last line that it printed. Writes
// no .pyc files. Waits until the program ends.
absl::Status ProbePyslow(const std::string& python, const std::string& venv);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PROBE_PYSLOW_H_
