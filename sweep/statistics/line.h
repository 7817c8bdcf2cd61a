// The straight line through a curve's points: time per unit against the delay or the dose.
#ifndef PYSLOW_SWEEP_STATISTICS_LINE_H_
#define PYSLOW_SWEEP_STATISTICS_LINE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

struct Point {
  double x = 0;
  double y = 0;
};

struct Line {
  double intercept = 0;
  double slope = 0;
};

// Ordinary least squares. The slope is 0 if all x are equal. `points` is not empty.
Line LeastSquares(const std::vector<Point>& points);

// Rules R13 to R16 of docs/statistics.md: one slope for all trials, with an intercept for each
// block.
struct Fit {
  model::Estimate slope;  // no interval if there are too few trials
  double standard_error = 0;
  double degrees_of_freedom = 0;
  double noise = 0;      // standard deviation of a trial about the line, in seconds; 0: unknown
  double intercept = 0;  // mean over blocks
  // R16. The interval is that of the trials that were not disturbed.
  bool calm_alone = false;
  // R16: the part of the slope of all trials that other work may explain; 0: below 2%.
  double waiting_share = 0;
};

// R14 and R16 on any trials. If R14 has too few, each block has a line of its own: the slope is
// the mean of theirs, with Student's t (R14).
Fit FitTrials(const std::vector<PooledTrial>& trials, double confidence = 0.95);

// T against the delay, in seconds: the slope is n*, the critical calls per unit.
Fit FitDelay(const std::vector<Block>& blocks, double confidence = 0.95);

// T against the delivered dose (R15): the slope is κ, the critical fraction. nullopt if in some
// trial the dose is unknown or no call was delayed.
std::optional<Fit> FitDose(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LINE_H_
