// How long a live program takes to follow a change of its delays (rule R10).
#ifndef PYSLOW_SWEEP_STEPS_SETTLE_H_
#define PYSLOW_SWEEP_STEPS_SETTLE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Switches between no delay and `largest_ns` a call a few times, and tells the runner the time
// constant with which throughput followed. Where it had not settled by the end of a trial, or
// cannot be seen (--load measures, and not the calls of --progress), a warning says so. The setup
// is prepared.
absl::Status FindSettling(State* state, int64_t largest_ns);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SETTLE_H_
