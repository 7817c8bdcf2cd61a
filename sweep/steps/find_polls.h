// Finds the functions that poll while the program waits: rule R23 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_FIND_POLLS_H_
#define PYSLOW_SWEEP_STEPS_FIND_POLLS_H_

#include <cstddef>
#include <vector>

#include "sweep/steps/observe.h"

namespace pyslow::steps {

// Compares the functions' calls per unit in the trials of arm 0, the control, with those at the
// largest delay of `arms` that has at least two trials with counts of functions. Sets
// polls_per_unit of those of `counted` that poll, and returns their number. 0 if the trials do not
// suffice, or if their units are not known.
size_t FindPolls(const BlockedTrials& trials, const std::vector<CurveArm>& arms,
                 const Settings& settings, std::vector<CalledFunction>* counted);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_FIND_POLLS_H_
