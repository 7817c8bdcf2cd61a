// Explains that no figure is found in the output of a command.
#ifndef PYSLOW_SWEEP_TRIALS_NO_MATCH_H_
#define PYSLOW_SWEEP_TRIALS_NO_MATCH_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pyslow::trials {

// NotFound; the message is `what`, the last lines of `output` and a line that looks like a metric.
absl::Status NoMatch(absl::string_view what, absl::string_view output);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_NO_MATCH_H_
