// The verdict on a curve: rule R5 of docs/statistics.md, and the number of further blocks that an
// inconclusive one needs.
#ifndef PYSLOW_SWEEP_STATISTICS_RULING_H_
#define PYSLOW_SWEEP_STATISTICS_RULING_H_

#include <cstddef>
#include <optional>

#include "sweep/model/estimate.h"
#include "sweep/model/verdict.h"
#include "sweep/statistics/bend.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/load_limit.h"

namespace pyslow::statistics {

// All data that the verdict depends on. Times are in seconds.
struct Evidence {
  size_t trials = 0;
  size_t blocks = 0;
  size_t levels = 0;
  double control = 0;  // T0
  double largest_delay = 0;
  Calls calls;
  // E: what the line adds to T up to the largest delay. Not used for a bent curve.
  model::Estimate effect;
  std::optional<model::Estimate> share;  // κ, per process if that is given
  Bend bend;
  std::optional<MovedMetric> moved;  // over all delays, or for a threshold, those up to the knee
  bool calm_alone = false;           // Fit::calm_alone
  double waiting_share = 0;          // Fit::waiting_share
  double waiting_growth = 0;         // WaitingGrowth()
};

struct Ruling {
  model::Reason reason;    // implies the verdict
  size_t more_blocks = 0;  // as CurveFinding::more_blocks
};

// R5. Half the width of the band around 0 in which the effect of a hidden subject lies, for the
// largest dose of one process and T0.
double HiddenBand(double dose_seconds, double control_seconds);

Ruling Rule(const Evidence& evidence);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_RULING_H_
