#include "experiment/line.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pyslow::experiment {
namespace {

constexpr double kNs = 1e-9;

std::vector<std::vector<Point>> Points(const std::vector<Block>& blocks,
                                       const std::function<double(const Response&)>& x) {
  std::vector<std::vector<Point>> points;
  for (const Block& block : blocks) {
    points.emplace_back();
    for (const Response& r : block) points.back().push_back({x(r), r.seconds_per_unit});
  }
  return points;
}

// Why no figure at all can stand for faster Python, or "".
std::string WhyNoPrediction(const Fit& fit, double control, double faster) {
  const double slope_low = fit.slope.range.has_value() ? fit.slope.range->low : fit.slope.value;
  const double slope_high = fit.slope.range.has_value() ? fit.slope.range->high : fit.slope.value;
  if (slope_low <= 0) {
    return fit.slope.range.has_value()
               ? "the interval of the critical calls per unit reaches 0: no effect is shown"
               : "no slowdown was seen";
  }
  // A bend shows first as a line that misses the control.
  if (std::abs(fit.intercept - control) > 0.01 * control) {
    return absl::StrFormat(
        "the fitted line misses the control by %.1f%%: time against delay is not one straight line",
        std::abs(fit.intercept / control - 1) * 100);
  }
  if (slope_high * faster >= control) return "it would be more than the whole time of a unit";
  return "";
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

Fit FitBlocks(const std::vector<std::vector<Point>>& blocks) {
  Fit fit;
  for (const std::vector<Point>& block : blocks) {
    const Line line = LeastSquares(block);
    fit.intercept += line.intercept / static_cast<double>(blocks.size());
    fit.slopes.push_back(line.slope);
  }
  fit.slope = MeanOfBlocks(fit.slopes);
  return fit;
}

Fit FitDelay(const std::vector<Block>& blocks) {
  return FitBlocks(
      Points(blocks, [](const Response& r) { return static_cast<double>(r.delay_ns) * kNs; }));
}

std::optional<Fit> FitDose(const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    const bool usable = std::all_of(block.begin(), block.end(), [](const Response& r) {
      return r.calls_per_unit.has_value() && (r.delay_ns == 0 || *r.calls_per_unit > 0);
    });
    if (!usable) return std::nullopt;
  }
  return FitBlocks(Points(blocks, [](const Response& r) {
    return *r.calls_per_unit * static_cast<double>(r.delay_ns) * kNs;
  }));
}

Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& delay_fit,
                         int64_t faster_ns) {
  Prediction prediction;
  prediction.faster_ns = faster_ns;
  const double faster = static_cast<double>(faster_ns) * kNs;
  const std::vector<double> now = SecondsPerUnit(blocks, 0);
  const double control = MeanOfBlocks(now).value;
  prediction.withheld = WhyNoPrediction(delay_fit, control, faster);
  if (!prediction.withheld.empty()) return prediction;

  std::vector<double> then = now;  // each block's control, were it faster
  for (size_t b = 0; b < then.size(); ++b) then[b] -= delay_fit.slopes[b] * faster;
  Estimate time = MeanOfBlocks(then);
  Estimate time_ratio = RatioOfMeans(then, now);
  if (blocks.size() < kFewestBlocks) {
    prediction.withheld = absl::StrCat("interval withheld: it needs ", kFewestBlocks,
                                       " complete blocks, and there are ", blocks.size());
  } else if (time.range->low <= 0 || time_ratio.range->low <= 0) {
    prediction.withheld = "interval withheld: the noise is larger than the time of a unit";
  }
  if (!prediction.withheld.empty()) {
    time.range.reset();
    time_ratio.range.reset();
  }
  prediction.throughput = Reciprocal(time, 1);
  prediction.gain = Reciprocal(time_ratio, 1);
  return prediction;
}

}  // namespace pyslow::experiment
