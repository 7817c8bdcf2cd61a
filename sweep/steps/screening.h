// Many functions at once, several of them slowed in each trial (rules R8 and R9).
#ifndef PYSLOW_SWEEP_STEPS_SCREENING_H_
#define PYSLOW_SWEEP_STEPS_SCREENING_H_

#include <vector>

#include "absl/status/status.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Two stages of 64 trials or more, the second on the leading functions of the first at a larger
// dose, and among the first's the 32 of R9, which add a warning where they show hidden slack. The
// results are effects with one-sided tests, never verdicts: what is found wants a curve of its own.
absl::Status Screen(State* state, const std::vector<Subject>& subjects, Comparison* comparison);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SCREENING_H_
