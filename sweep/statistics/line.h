// The straight line through a curve's points: time per unit against the delay or the dose.
#ifndef PYSLOW_SWEEP_STATISTICS_LINE_H_
#define PYSLOW_SWEEP_STATISTICS_LINE_H_

#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"

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

// Rule R2 of docs/statistics.md: a line for each block, and the mean of the slopes with Student's
// t. Drift between blocks changes the intercepts and not the slopes.
struct Fit {
  model::Estimate slope;
  double intercept = 0;        // mean over blocks
  std::vector<double> slopes;  // by block
  std::vector<double> intercepts;
};
Fit FitBlocks(const std::vector<std::vector<Point>>& blocks, double confidence = 0.95);

// T against the delay, in seconds: the slope is n*, the critical calls per unit.
Fit FitDelay(const std::vector<Block>& blocks, double confidence = 0.95);
// E, T at the largest delay less T at the control.
model::Estimate Effect(const std::vector<Block>& blocks, double confidence = 0.95);
// T against the dose D = n × delay: the slope is κ, the critical fraction. nullopt if in some trial
// the calls were not counted or no call was delayed.
std::optional<Fit> FitDose(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LINE_H_
