// The time that trials waited for other work of the machine, as a covariate: rule R16 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_WAITING_H_
#define PYSLOW_SWEEP_STATISTICS_WAITING_H_

#include <cstddef>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

// How much longer a unit took for each second that it waited.
struct WaitingCost {
  // 0 if the trials do not show that waiting costs time. 1 if the waiting thread sets the pace, and
  // up to 1.25 if its caches are cold after it waited.
  double share = 0;
  double standard_error = 0;
};

// The slope of y over PooledTrial::waited with an effect for each block and level (analysis of
// covariance); the instrument is the waited share of PooledTrial::exposed (Wald 1940). 0 without
// disturbed trials, with fewer than four degrees of freedom, or if the share is not above 0 at 99%.
// `level`: for each trial, the index of its treatment in the design.
WaitingCost FindWaitingCost(const std::vector<PooledTrial>& trials,
                            const std::vector<size_t>& level);

// The part of T that a trial waited, at most 95% of it. T and `waited` in seconds per unit.
double SecondsWaited(const WaitingCost& cost, double waited, double seconds_per_unit);

// Subtracts the cost of waiting from T. What may remain of it stays in waited_seconds and
// waiting_error_seconds.
void SubtractWaiting(const WaitingCost& cost, Observation* observation);

// Of each second by which the delays made a unit longer, how much longer the program waited, in its
// delays too: the ratio of the slopes over the requested dose, by least squares through the mean at
// the control. 0 if the machine does not show it, or if a unit did not become longer.
double WaitingGrowth(const std::vector<Block>& blocks);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_WAITING_H_
