// Explains why an expression finds nothing in the output of a command.
#ifndef PYSLOW_SWEEP_TRIALS_NO_MATCH_H_
#define PYSLOW_SWEEP_TRIALS_NO_MATCH_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pyslow::trials {

// NotFound; the message quotes the last lines of `output` and a line that looks like a metric, and
// follows "--time-regex: ".
absl::Status NoMatch(absl::string_view output);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_NO_MATCH_H_
