// Compares a delay with the GIL held with the same delay with the GIL released: rule R30 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_GIL_H_
#define PYSLOW_SWEEP_STEPS_GIL_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "sweep/model/findings.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Runs blocks of the control and of `subject` at the largest delay of `result`, with the GIL held
// and released, until the share is known, the looks are over, or the conductor has used
// `until_seconds`; at least three. Sets result->gil, also after an error if a whole block was
// measured. Without a shown cost there are no trials. The setup of `subject` is prepared. `part`:
// the name of the trials. Errors as the conductor's RunBlock.
absl::Status CompareGilModes(const StepContext& context, const Baseline& baseline,
                             const std::string& part, const Subject& subject, double until_seconds,
                             model::Result* result);

// The trials that CompareGilModes probably takes; 0 if it is not asked for.
size_t TrialsOfGil(const Settings& settings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_GIL_H_
