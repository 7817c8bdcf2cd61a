#include "sweep/statistics/prediction.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sweep/statistics/design.h"

namespace pyslow::statistics {
namespace {

// A bend shows as a line that misses the control, by more than noise explains.
bool MissesControl(const std::vector<double>& now, const Fit& fit, double control) {
  constexpr double kMost = 0.01;
  if (std::abs(fit.intercept - control) <= kMost * control) return false;
  std::vector<double> misses;
  for (size_t b = 0; b < now.size(); ++b) misses.push_back(fit.intercepts[b] - now[b]);
  const Estimate miss = MeanOfBlocks(misses);
  return !miss.range.has_value() || miss.range->low > 0 || miss.range->high < 0;
}

// Why no figure at all can stand for faster Python, or "".
std::string WhyNoPrediction(const std::vector<double>& now, const Fit& fit, double less) {
  const double control = MeanOfBlocks(now).value;
  const double slope_low = fit.slope.range.has_value() ? fit.slope.range->low : fit.slope.value;
  if (slope_low <= 0) {
    return fit.slope.range.has_value()
               ? "the interval of the critical calls per unit reaches 0: no effect is shown"
               : "no slowdown was seen";
  }
  if (MissesControl(now, fit, control)) {
    return absl::StrFormat(
        "the fitted line misses the control by %.1f%%: time against delay is not one straight line",
        std::abs(fit.intercept / control - 1) * 100);
  }
  const double slope_high = fit.slope.range.has_value() ? fit.slope.range->high : fit.slope.value;
  if (slope_high * less >= control) return "it would be more than the whole time of a unit";
  return "";
}

}  // namespace

Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& fit, double less,
                         double confidence) {
  Prediction prediction;
  const std::vector<double> now = TimesOfLevel(blocks, 0);
  prediction.withheld = WhyNoPrediction(now, fit, less);
  if (!prediction.withheld.empty()) return prediction;

  std::vector<double> then = now;  // each block's control, were it faster
  for (size_t b = 0; b < then.size(); ++b) then[b] -= fit.slopes[b] * less;
  Estimate time = MeanOfBlocks(then, confidence);
  Estimate time_ratio = RatioOfMeans(then, now, confidence);
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

}  // namespace pyslow::statistics
