#include "sweep/statistics/load_limit.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/line.h"

namespace pyslow::statistics {

namespace {

constexpr double kFalseAlarms = 0.01;
constexpr double kMinChange = 0.01;

// The metric of the trials that have it.
std::vector<PooledTrial> MetricOf(const std::vector<Block>& blocks, size_t metric,
                                  int64_t largest_ns) {
  std::vector<PooledTrial> trials;
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (const Observation& o : blocks[b]) {
      if (o.delay_ns > largest_ns || metric >= o.metrics.size()) continue;
      if (!std::isfinite(o.metrics[metric])) continue;
      PooledTrial trial;
      trial.block = b;
      trial.x = trial.dose = DelaySeconds(o);
      trial.y = o.metrics[metric];
      trials.push_back(trial);
    }
  }
  return trials;
}

double LargestDelay(const std::vector<PooledTrial>& trials) {
  double largest = 0;
  for (const PooledTrial& trial : trials) largest = std::max(largest, trial.x);
  return largest;
}

}  // namespace

std::optional<MovedMetric> FindMovedMetric(const std::vector<Block>& blocks, int64_t largest_ns,
                                           size_t subjects) {
  const size_t metrics = blocks.front().front().metrics.size();
  std::optional<MovedMetric> most;
  double most_certain = 0;
  for (size_t m = 0; m < metrics; ++m) {
    const std::vector<PooledTrial> trials = MetricOf(blocks, m, largest_ns);
    const double largest = LargestDelay(trials);
    if (largest == 0) continue;
    const Fit fit = FitTrials(trials, 1 - kFalseAlarms / static_cast<double>(metrics * subjects));
    if (!model::ExcludesZero(fit.slope)) continue;
    if (fit.intercept == 0) continue;
    const double span = largest / std::abs(fit.intercept);
    const double half = (fit.slope.range->high - fit.slope.range->low) / 2;
    const double certain = half > 0 ? std::abs(fit.slope.value) / half : HUGE_VAL;
    if (std::abs(fit.slope.value) * span < kMinChange || certain <= most_certain) continue;
    most = MovedMetric{m, Times(fit.slope, span)};
    most_certain = certain;
  }
  return most;
}

}  // namespace pyslow::statistics
