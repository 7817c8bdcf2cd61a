#include "sweep/statistics/load_limit.h"

#include <cmath>

#include "sweep/statistics/line.h"

namespace pyslow::statistics {

using model::Range;

namespace {

constexpr double kFalseAlarms = 0.01;
constexpr double kMinChange = 0.01;

// The metric over the levels of each block that has it at every level.
std::vector<std::vector<Point>> MetricPoints(const std::vector<Block>& blocks, size_t metric,
                                             size_t levels) {
  std::vector<std::vector<Point>> points;
  for (const Block& block : blocks) {
    std::vector<Point> of_block;
    for (size_t l = 0; l < levels; ++l) {
      if (metric < block[l].metrics.size() && std::isfinite(block[l].metrics[metric])) {
        of_block.push_back({DelaySeconds(block[l]), block[l].metrics[metric]});
      }
    }
    if (of_block.size() == levels) points.push_back(of_block);
  }
  return points;
}

}  // namespace

std::optional<MovedMetric> FindMovedMetric(const std::vector<Block>& blocks, size_t levels) {
  const size_t metrics = blocks.front().front().metrics.size();
  std::optional<MovedMetric> most;
  double most_certain = 0;
  for (size_t m = 0; m < metrics; ++m) {
    const std::vector<std::vector<Point>> points = MetricPoints(blocks, m, levels);
    if (levels < 2 || points.size() < 2) continue;
    const Fit fit = FitBlocks(points, 1 - kFalseAlarms / static_cast<double>(metrics));
    const Range& range = *fit.slope.range;
    if (fit.intercept == 0 || (range.low <= 0 && range.high >= 0)) continue;
    const double span = points.front().back().x / std::abs(fit.intercept);
    const double half = (range.high - range.low) / 2;
    const double certain = half > 0 ? std::abs(fit.slope.value) / half : HUGE_VAL;
    if (std::abs(fit.slope.value) * span < kMinChange || certain <= most_certain) continue;
    most = MovedMetric{m, Times(fit.slope, span)};
    most_certain = certain;
  }
  return most;
}

}  // namespace pyslow::statistics
