#include "sweep/statistics/predict.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/level_effects.h"

namespace pyslow::statistics {

using model::Estimate;
using model::Prediction;
using model::Range;
using model::Withheld;

namespace {

// T at the control, and the mean of T over all blocks.
struct MeasuredTimes {
  explicit MeasuredTimes(const std::vector<Block>& blocks) : control(ControlTimesOf(blocks)) {
    for (const Block& block : blocks) {
      for (const Observation& o : block) {
        mean += o.seconds_per_unit / static_cast<double>(block.size() * blocks.size());
      }
    }
  }
  ControlTimes control;
  double mean = 0;
};

// Why no figure can be given; kNothing if one can.
Withheld WhyNoPrediction(const MeasuredTimes& times, const Fit& fit, double less) {
  const bool has_range = fit.slope.range.has_value();
  Withheld withheld;
  if ((has_range ? fit.slope.range->low : fit.slope.value) <= 0) {
    withheld.kind = has_range ? Withheld::Kind::kNoEffectShown : Withheld::Kind::kNoSlowdown;
  } else if ((has_range ? fit.slope.range->high : fit.slope.value) * less >= times.control.mean) {
    withheld.kind = Withheld::Kind::kExceedsUnit;
  }
  return withheld;
}

// Half-widths: of the saved time over T0, and of the time that is left.
struct Halves {
  double saved = 0;
  double left = 0;
};

// The delta method (JCGM 100:2008, 5.1.2 and 5.2.2) for k × less / T0 and T0 − k × less. `half`: of
// the interval of the slope k. T0 is the mean of the control trials; in a line with block effects
// its covariance with k is −var(k) × (the mean of x over all trials). `control`: half of the
// interval of T0.
Halves HalvesOf(const MeasuredTimes& times, const Fit& fit, double less, double half,
                double control) {
  const double mean_x = (times.mean - fit.intercept) / fit.slope.value;
  const double slope_squares = half * half;
  const double control_squares = control * control;
  const double k = fit.slope.value;
  const double now = times.control.mean;
  Halves halves;
  halves.saved = less / now *
                 std::sqrt(slope_squares + k * k * control_squares / (now * now) +
                           2 * k * slope_squares * mean_x / now);
  halves.left =
      std::sqrt(control_squares + less * less * slope_squares + 2 * less * slope_squares * mean_x);
  return halves;
}

// Half of the interval of T0, by the noise of the fit or by the control's own trials, whose
// differences include drift.
double HalfOfControl(const ControlTimes& control, const Fit& fit) {
  const double probability =
      1 - StudentAbove((fit.slope.range->high - fit.slope.value) / fit.standard_error,
                       fit.degrees_of_freedom);
  const double noise =
      StudentQuantile(probability, fit.degrees_of_freedom) * fit.noise / std::sqrt(control.trials);
  if (control.degrees_of_freedom < 1) return noise;
  return std::max(noise, StudentQuantile(probability, control.degrees_of_freedom) *
                             std::sqrt(control.variance));
}

// Gives the prediction its intervals, or says why it has none.
void AddIntervals(const MeasuredTimes& times, const Fit& fit, double less, Prediction* prediction) {
  const Range& slope = *fit.slope.range;
  const double control = HalfOfControl(times.control, fit);
  const Halves low = HalvesOf(times, fit, less, fit.slope.value - slope.low, control);
  const Halves high = HalvesOf(times, fit, less, slope.high - fit.slope.value, control);
  const double saved = fit.slope.value * less / times.control.mean;
  const double left = times.control.mean - fit.slope.value * less;
  if (saved + high.saved >= 1 || left - high.left <= 0) {
    prediction->withheld.kind = Withheld::Kind::kNoiseExceedsUnit;
    return;
  }
  prediction->gain->range = Range{1 / (1 - saved + low.saved), 1 / (1 - saved - high.saved)};
  prediction->throughput->range = Range{1 / (left + low.left), 1 / (left - high.left)};
}

}  // namespace

std::optional<double> MissOfLine(const std::vector<Block>& blocks) {
  constexpr double kMaxMiss = 0.01;
  constexpr double kConfidence = 0.95;
  const LevelEffects effects = EffectsOf(blocks);
  const double degrees = effects.DegreesOfFreedom(2);
  if (effects.x.size() < 2 || degrees < 1) return std::nullopt;
  // A line with a jump between the control and the delays.
  Eigen::MatrixXd columns = Eigen::MatrixXd::Ones(effects.x.size(), 2);
  columns.col(0) = effects.x;
  const EffectsFit fit = FitEffects(effects, columns);
  const double half = StudentQuantile((1 + kConfidence) / 2, degrees) *
                      std::sqrt(fit.squares / degrees * fit.variances(1));
  const double miss = std::abs(FitEffects(effects, effects.x).intercept - 1);
  if (std::abs(fit.coefficients(1)) <= half || miss <= kMaxMiss) return std::nullopt;
  return miss;
}

Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& fit, double less) {
  Prediction prediction;
  const MeasuredTimes times(blocks);
  prediction.withheld = WhyNoPrediction(times, fit, less);
  if (prediction.withheld.kind != Withheld::Kind::kNothing) return prediction;
  const double left = times.control.mean - fit.slope.value * less;
  prediction.throughput = Estimate{1 / left, std::nullopt};
  prediction.gain = Estimate{times.control.mean / left, std::nullopt};
  if (!fit.slope.range.has_value() || fit.standard_error <= 0) {
    prediction.withheld.kind = Withheld::Kind::kTooFewTrials;
    prediction.withheld.trials = TrialsOf(blocks);
    return prediction;
  }
  AddIntervals(times, fit, less, &prediction);
  return prediction;
}

}  // namespace pyslow::statistics
