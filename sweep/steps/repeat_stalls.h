// Measures trials again that stalled: rule R17 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_REPEAT_STALLS_H_
#define PYSLOW_SWEEP_STEPS_REPEAT_STALLS_H_

#include "absl/status/status.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Measures stalled trials again, and these too if they stalled, each at most three times; without
// --runs, until the conductor has used `until_seconds`. Does nothing with less than three blocks,
// or if a replayed log lacks such a trial. Errors as the conductor's RunBlock.
absl::Status RepeatStalls(const StepContext& context, double until_seconds, BlockedTrials* trials);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_REPEAT_STALLS_H_
