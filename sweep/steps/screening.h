// Screens many functions at once, several of them slowed in each trial: rules R8 and R9 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_SCREENING_H_
#define PYSLOW_SWEEP_STEPS_SCREENING_H_

#include <vector>

#include "sweep/model/warning.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Two stages of 64 trials or more. The second has the leading functions of the first at a larger
// dose; among the trials of the first are the 32 of R9, which add a warning if they show hidden
// slack. The results are effects with one-sided tests and no verdicts: a function that is found
// needs a curve.
Comparison Screen(const StepContext& context, const Baseline& baseline,
                  const std::vector<Subject>& subjects, std::vector<model::Warning>* warnings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SCREENING_H_
