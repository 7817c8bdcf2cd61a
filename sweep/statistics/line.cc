#include "sweep/statistics/line.h"

#include <algorithm>
#include <functional>

#include "sweep/statistics/block_mean.h"

namespace pyslow::statistics {

using model::Estimate;

namespace {

std::vector<std::vector<Point>> Points(const std::vector<Block>& blocks,
                                       const std::function<double(const Observation&)>& x) {
  std::vector<std::vector<Point>> points;
  for (const Block& block : blocks) {
    points.emplace_back();
    for (const Observation& o : block) points.back().push_back({x(o), o.seconds_per_unit});
  }
  return points;
}

}  // namespace

Line LeastSquares(const std::vector<Point>& points) {
  const auto count = static_cast<double>(points.size());
  Point mean;
  for (const Point& p : points) {
    mean.x += p.x / count;
    mean.y += p.y / count;
  }
  double xx = 0;
  double xy = 0;
  for (const Point& p : points) {
    xx += (p.x - mean.x) * (p.x - mean.x);
    xy += (p.x - mean.x) * (p.y - mean.y);
  }
  const double slope = xx > 0 ? xy / xx : 0;
  return {mean.y - slope * mean.x, slope};
}

Fit FitBlocks(const std::vector<std::vector<Point>>& blocks, double confidence) {
  Fit fit;
  for (const std::vector<Point>& block : blocks) {
    const Line line = LeastSquares(block);
    fit.intercept += line.intercept / static_cast<double>(blocks.size());
    fit.slopes.push_back(line.slope);
    fit.intercepts.push_back(line.intercept);
  }
  fit.slope = MeanOfBlocks(fit.slopes, confidence);
  return fit;
}

Estimate Effect(const std::vector<Block>& blocks, double confidence) {
  std::vector<double> effects;
  effects.reserve(blocks.size());
  for (const Block& block : blocks) {
    effects.push_back(block.back().seconds_per_unit - block.front().seconds_per_unit);
  }
  return MeanOfBlocks(effects, confidence);
}

Fit FitDelay(const std::vector<Block>& blocks, double confidence) {
  return FitBlocks(Points(blocks, DelaySeconds), confidence);
}

std::optional<Fit> FitDose(const std::vector<Block>& blocks, double confidence) {
  for (const Block& block : blocks) {
    const bool usable = std::all_of(block.begin(), block.end(), [](const Observation& o) {
      return o.calls_per_unit.has_value() && (o.delay_ns == 0 || *o.calls_per_unit > 0);
    });
    if (!usable) return std::nullopt;
  }
  return FitBlocks(Points(blocks, [](const Observation& o) { return *DoseSeconds(o); }),
                   confidence);
}

}  // namespace pyslow::statistics
