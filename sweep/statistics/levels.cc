#include "sweep/statistics/levels.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/level_effects.h"

namespace pyslow::statistics {

using model::Estimate;
using model::Level;
using model::Range;

namespace {

// The trials of one delay.
std::vector<Observation> TrialsAt(const std::vector<Block>& blocks, int64_t delay_ns) {
  std::vector<Observation> trials;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (o.delay_ns == delay_ns) trials.push_back(o);
    }
  }
  return trials;
}

// n of one delay, the mean over its trials; nullopt if one was not counted.
std::optional<double> MeanCalls(const std::vector<Observation>& trials) {
  double sum = 0;
  for (const Observation& o : trials) {
    if (!o.calls_per_unit.has_value()) return std::nullopt;
    sum += *o.calls_per_unit;
  }
  return sum / static_cast<double>(trials.size());
}

std::optional<double> MeanDose(const std::vector<Observation>& trials) {
  double sum = 0;
  for (const Observation& o : trials) {
    const std::optional<double> dose = DoseSeconds(o);
    if (!dose.has_value()) return std::nullopt;
    sum += *dose;
  }
  return sum / static_cast<double>(trials.size());
}

std::vector<Estimate> Metrics(const std::vector<Observation>& trials, double confidence) {
  std::vector<Estimate> metrics;
  for (size_t m = 0; m < trials.front().metrics.size(); ++m) {
    std::vector<double> values;
    for (const Observation& o : trials) {
      if (m < o.metrics.size() && !std::isnan(o.metrics[m])) values.push_back(o.metrics[m]);
    }
    metrics.push_back(values.empty()
                          ? Estimate{std::numeric_limits<double>::quiet_NaN(), std::nullopt}
                          : MeanOfBlocks(values, confidence));
  }
  return metrics;
}

// The noise of a trial with effects of block and level, for the intervals of all levels; and the
// drift of T between blocks, as far as it exceeds the noise. Both over T at the control.
struct LevelNoise {
  static constexpr double kMostFactor = 3;
  LevelNoise(const LevelEffects& effects, const ControlTimes& control, double confidence) {
    const double degrees = effects.DegreesOfFreedom(static_cast<int>(effects.x.size()));
    if (degrees < 1) return;
    deviation = std::sqrt(effects.within / degrees);
    quantile = StudentQuantile((1 + confidence) / 2, degrees);
    if (control.degrees_of_freedom < 1) return;
    const double scale = control.mean * control.mean;
    const double drift = control.variance / scale - deviation * deviation / control.trials;
    drift_half = StudentQuantile((1 + confidence) / 2, control.degrees_of_freedom) *
                 std::sqrt(std::max(drift, 0.0));
  }
  // The interval of a value with the standard deviation √`variance` × noise and the part `drifts`
  // of the drift, both relative to the value. It is an interval of the logarithm, so that it ends
  // at possible values. nullopt if it would say nothing: after two blocks that differ, the drift is
  // hardly known.
  std::optional<Range> Around(double value, double variance, double drifts) const {
    if (quantile == 0 || value <= 0) return std::nullopt;
    const double half = quantile * deviation * std::sqrt(std::max(variance, 0.0));
    const double factor = std::exp(std::hypot(half, drift_half * drifts));
    if (factor > kMostFactor) return std::nullopt;
    return Range{value / factor, value * factor};
  }
  double deviation = 0;
  double quantile = 0;  // 0: unknown
  double drift_half = 0;
};

// T at the control over T at the level `index` of `effects`. The difference of the two has the
// variance `difference`, in units of the noise.
Estimate RatioToControl(const LevelEffects& effects, Eigen::Index index, double difference,
                        double controls, const LevelNoise& noise) {
  const double effect = effects.effects(index);
  const double slow = 1 + effect;
  // The control and the difference have the covariance −1/controls.
  const double variance = difference + effect * effect / controls + 2 * effect / controls;
  return {1 / slow, noise.Around(1 / slow, variance / (slow * slow), effect / slow)};
}

}  // namespace

std::vector<Level> LevelsOf(const std::vector<Block>& blocks, double confidence) {
  const LevelEffects effects = EffectsOf(blocks);
  const ControlTimes control = ControlTimesOf(blocks);
  const LevelNoise noise(effects, control, confidence);
  const Eigen::MatrixXd variances =
      (effects.root.transpose() * effects.root).completeOrthogonalDecomposition().pseudoInverse();
  std::vector<Level> levels;
  for (const int64_t delay_ns : DelaysOf(blocks)) {
    const std::vector<Observation> trials = TrialsAt(blocks, delay_ns);
    const auto count = static_cast<double>(trials.size());
    const auto index = static_cast<Eigen::Index>(levels.size()) - 1;
    Level level;
    level.delay_ns = delay_ns;
    level.trials = trials.size();
    // Adjusted for the blocks that lack the level.
    const double time = index < 0 ? 1 : 1 + effects.effects(index);
    level.seconds_per_unit = model::Times(
        {time, noise.Around(time, 1 / (time * time * count), 1 / time)}, effects.y_scale);
    if (time > 0) level.throughput = Reciprocal(level.seconds_per_unit, 1);
    if (index >= 0 && time > 0) {
      level.change =
          Plus(RatioToControl(effects, index, variances(index, index), control.trials, noise), -1);
    }
    level.calls_per_unit = MeanCalls(trials);
    level.dose_seconds = MeanDose(trials);
    level.metrics = Metrics(trials, confidence);
    levels.push_back(level);
  }
  return levels;
}

}  // namespace pyslow::statistics
