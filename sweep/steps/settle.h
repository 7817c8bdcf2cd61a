// The time in which a live program follows a change of its delays: rule R10 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_SETTLE_H_
#define PYSLOW_SWEEP_STEPS_SETTLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/warning.h"
#include "sweep/steps/steps.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::steps {

// Whether the trials of a live program show the course of its throughput: no command measures it.
bool ShowsSettling(const trials::TrialSettings& settings);

// Switches between no delay and `largest_ns` per call of `everything`, and sets the runner's
// settling constant from the course of throughput. Adds a warning if the program had not settled by
// the end of a trial. Does nothing if ShowsSettling is false. The setup is prepared. Errors as the
// conductor's RunBlock.
absl::Status FindSettling(const StepContext& context, const Subject& everything, int64_t largest_ns,
                          std::vector<model::Warning>* warnings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SETTLE_H_
