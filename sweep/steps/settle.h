// The time in which a live program follows a change of its delays: rule R10 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_SETTLE_H_
#define PYSLOW_SWEEP_STEPS_SETTLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/warning.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Switches between no delay and `largest_ns` per call of `everything`, and sets the runner's
// settling constant from the course of throughput. Adds a warning if the program had not settled by
// the end of a trial. Does nothing more if the course cannot be seen (--load measures, and not the
// calls of
// --progress). The setup is prepared. Errors as the conductor's RunBlocks.
absl::Status FindSettling(const StepContext& context, const Subject& everything, int64_t largest_ns,
                          std::vector<model::Warning>* warnings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SETTLE_H_
