// Trials that took longer than others of their block and delay: rule R17 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_STALLS_H_
#define PYSLOW_SWEEP_STATISTICS_STALLS_H_

#include <cstddef>
#include <vector>

#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

// The indices of stalled trials, ascending. A stall makes a trial longer, so a robust fit of block
// and level effects (with two blocks: of block effects and a line in x) starts from the shorter
// trials: quantile regression at a quarter (Koenker and Bassett 1978). From there, trials return to
// the fit in the order of their residuals, until the next one exceeds t(1 − .02/N) (Hadi and
// Simonoff 1993). The stalls are the trials that did not return. `level`: for each trial, the index
// of its delay in the design. None are found with fewer than three degrees of freedom.
std::vector<size_t> FindStalls(const std::vector<PooledTrial>& trials,
                               const std::vector<size_t>& level);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_STALLS_H_
