// Reads and changes this process's environment.
#ifndef PYSLOW_LAUNCHER_ENVIRONMENT_H_
#define PYSLOW_LAUNCHER_ENVIRONMENT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace pyslow::launcher {

// The value of a variable; nullopt if it is unset or empty.
std::optional<std::string> GetVariable(const char* name);

// Sets the variables without moving the first entry of the environment, from which setproctitle
// searches backwards for argv. If the first entry is one of the variables, executes `binary` with
// `argv` and the new environment. Call it before any thread is started. ResourceExhausted without
// memory; Unavailable if execve fails.
absl::Status SetVariables(const std::vector<std::pair<std::string, std::string>>& variables,
                          const std::string& binary, char** argv);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_ENVIRONMENT_H_
