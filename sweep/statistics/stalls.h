// Trials that took longer than others of their block and delay: rule R17 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_STALLS_H_
#define PYSLOW_SWEEP_STATISTICS_STALLS_H_

#include <cstddef>
#include <vector>

#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

// The indices of stalled trials, ascending. T is fitted by an effect of each block and one of each
// level. A stall makes a trial longer, so the first fit is to the shorter ones: quantile regression
// at a quarter (Koenker and Bassett 1978). Trials farther from it than 2.5 robust standard
// deviations leave. They return one by one, the one closest to a least-squares fit of the others
// first, until the closest of n + 1 trials is farther than t(1 − .02/(n + 1)) (Hadi and Simonoff
// 1993). Those that did not return and are above the fit are the stalls. `level`: for each trial,
// the index of its delay in the design. `grid`: the step between the printed values of T, see
// GridOf; 0: none. None are found with fewer than three degrees of freedom.
std::vector<size_t> FindStalls(const std::vector<PooledTrial>& trials,
                               const std::vector<size_t>& level, double grid);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_STALLS_H_
