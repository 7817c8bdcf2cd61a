// The straight line through a sweep's points: time per unit against the delay or the dose.
#ifndef PYSLOW_EXPERIMENT_LINE_H_
#define PYSLOW_EXPERIMENT_LINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/estimate.h"
#include "experiment/response.h"

namespace pyslow::experiment {

struct Point {
  double x = 0;
  double y = 0;
};

struct Line {
  double intercept = 0;
  double slope = 0;
};

// Ordinary least squares. The slope is 0 where all x are the same. `points` is not empty.
Line LeastSquares(const std::vector<Point>& points);

// Rule R2 of docs/statistics.md: a line within each block, and the mean of the blocks' slopes with
// Student's t. Drift between blocks moves the intercepts and not the slopes.
struct Fit {
  Estimate slope;
  double intercept = 0;        // mean over blocks
  std::vector<double> slopes;  // one of each block
};
Fit FitBlocks(const std::vector<std::vector<Point>>& blocks);

// T against the delay, in seconds: the slope is n*, the critical calls per unit.
Fit FitDelay(const std::vector<Block>& blocks);
// T against the dose D = n × delay: the slope is κ, the critical fraction. nullopt where calls were
// not counted in every trial, or none was delayed.
std::optional<Fit> FitDose(const std::vector<Block>& blocks);

// What is expected if each delayed call took `faster_ns` less: rule R11, T0 / (T0 − n* × faster),
// with an interval that holds the noise of the control T0 as well as that of the slope n*.
struct Prediction {
  int64_t faster_ns = 0;
  std::optional<Estimate> throughput;  // units per second
  std::optional<Estimate> gain;        // throughput over the control's, as a ratio
  // Why the interval is withheld, or where throughput is nullopt, the whole prediction; "":
  // neither.
  std::string withheld;
};
Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& delay_fit, int64_t faster_ns);

// The fewest blocks that an extrapolation's interval is given for (R11).
inline constexpr size_t kFewestBlocks = 8;

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_LINE_H_
