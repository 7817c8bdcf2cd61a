// Finds misspelt variables: without a target pyslow is plain python, and would not say a word.
#ifndef PYSLOW_LAUNCHER_UNKNOWN_VARIABLES_H_
#define PYSLOW_LAUNCHER_UNKNOWN_VARIABLES_H_

#include <string>

namespace pyslow::launcher {

// A warning that names the variables in `environment` (as in environ) that begin with SPEED_BUMP_
// and are none of pyslow's, with the nearest name; "" if there are none. An empty variable is the
// same as none.
std::string UnknownVariables(const char* const* environment);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_UNKNOWN_VARIABLES_H_
