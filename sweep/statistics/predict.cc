#include "sweep/statistics/predict.h"

#include <cmath>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/design.h"

namespace pyslow::statistics {

using model::Estimate;
using model::Prediction;
using model::Withheld;

namespace {

// A line that misses the control by more than noise explains is a sign of a bend.
bool MissesControl(const std::vector<double>& now, const Fit& fit, double control) {
  constexpr double kMaxMiss = 0.01;
  if (std::abs(fit.intercept - control) <= kMaxMiss * control) return false;
  std::vector<double> misses;
  for (size_t b = 0; b < now.size(); ++b) misses.push_back(fit.intercepts[b] - now[b]);
  const Estimate miss = MeanOfBlocks(misses);
  return !miss.range.has_value() || model::ExcludesZero(*miss.range);
}

// Why no figure can be given; kNothing if one can.
Withheld WhyNoPrediction(const std::vector<double>& now, const Fit& fit, double less) {
  const double control = MeanOfBlocks(now).value;
  const bool has_range = fit.slope.range.has_value();
  Withheld withheld;
  if ((has_range ? fit.slope.range->low : fit.slope.value) <= 0) {
    withheld.kind = has_range ? Withheld::Kind::kNoEffectShown : Withheld::Kind::kNoSlowdown;
  } else if (MissesControl(now, fit, control)) {
    withheld.kind = Withheld::Kind::kLineMissesControl;
    withheld.miss = std::abs(fit.intercept / control - 1);
  } else if ((has_range ? fit.slope.range->high : fit.slope.value) * less >= control) {
    withheld.kind = Withheld::Kind::kExceedsUnit;
  }
  return withheld;
}

}  // namespace

Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& fit, double less,
                         double confidence) {
  Prediction prediction;
  const std::vector<double> now = TimesOfLevel(blocks, 0);
  prediction.withheld = WhyNoPrediction(now, fit, less);
  if (prediction.withheld.kind != Withheld::Kind::kNothing) return prediction;

  std::vector<double> then = now;  // each block's control, if its calls were faster
  for (size_t b = 0; b < then.size(); ++b) then[b] -= fit.slopes[b] * less;
  Estimate time = MeanOfBlocks(then, confidence);
  Estimate time_ratio = RatioOfMeans(then, now, confidence);
  if (blocks.size() < kMinBlocks) {
    prediction.withheld = {Withheld::Kind::kTooFewBlocks, 0, blocks.size(), kMinBlocks};
  } else if (time.range->low <= 0 || time_ratio.range->low <= 0) {
    prediction.withheld.kind = Withheld::Kind::kNoiseExceedsUnit;
  }
  if (prediction.withheld.kind != Withheld::Kind::kNothing) {
    time.range.reset();
    time_ratio.range.reset();
  }
  prediction.throughput = Reciprocal(time, 1);
  prediction.gain = Reciprocal(time_ratio, 1);
  return prediction;
}

}  // namespace pyslow::statistics
