// Environment variables as entries NAME=VALUE.
#ifndef PYSLOW_BASE_VARIABLES_H_
#define PYSLOW_BASE_VARIABLES_H_

#include <optional>
#include <string>
#include <vector>

namespace pyslow {

// The value of a variable; nullopt without one. The first entry counts, as for getenv.
std::optional<std::string> VariableIn(const std::vector<std::string>& environment,
                                      const std::string& name);

// `environment` with the entries `changes` in place of variables of the same names; others are
// appended.
std::vector<std::string> WithVariables(std::vector<std::string> environment,
                                       const std::vector<std::string>& changes);

}  // namespace pyslow

#endif  // PYSLOW_BASE_VARIABLES_H_
