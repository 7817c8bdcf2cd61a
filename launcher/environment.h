// This process's environment, changed so that nobody who looks at it is surprised.
#ifndef PYSLOW_LAUNCHER_ENVIRONMENT_H_
#define PYSLOW_LAUNCHER_ENVIRONMENT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace pyslow::launcher {

// The value of a variable, or nullopt where it is unset or empty.
std::optional<std::string> GetVariable(const char* name);

// Sets the variables. The first entry of the environment stays where it is, since setproctitle
// walks back from it to find argv; where it is that one that has to change, `binary` is started
// anew in this process, with `argv` and the environment as it shall be. Before any thread is there.
absl::Status SetVariables(const std::vector<std::pair<std::string, std::string>>& variables,
                          const std::string& binary, char** argv);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_ENVIRONMENT_H_
