#include "sweep/statistics/waiting.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/effect_columns.h"

namespace pyslow::statistics {
namespace {

constexpr double kMinDegrees = 4;
constexpr double kShown = 0.99;
constexpr double kMaxShare = 1.25;
constexpr double kMostOfTime = 0.95;    // at least the rest of T remains
constexpr double kLongestDelay = 1.02;  // over the request, without waiting: from 300 ns on
// Squares below this, relative to those of all trials, are rounding errors.
constexpr double kRounding = 1e-12;

// The share of its exposed time that each trial waited, times the mean exposed time of its level.
// The waited time itself is in proportion to the time of the trial, so it contains that trial's
// noise.
std::vector<double> Instrument(const std::vector<PooledTrial>& trials,
                               const std::vector<size_t>& level) {
  std::map<size_t, std::pair<double, double>> levels;  // the sum, and the number of trials
  for (size_t i = 0; i < trials.size(); ++i) {
    levels[level[i]].first += trials[i].exposed;
    levels[level[i]].second += 1;
  }
  std::vector<double> instrument;
  instrument.reserve(trials.size());
  for (size_t i = 0; i < trials.size(); ++i) {
    const auto& [sum, count] = levels[level[i]];
    const double share = trials[i].exposed > 0 ? *trials[i].waited / trials[i].exposed : 0;
    instrument.push_back(share * sum / count);
  }
  return instrument;
}

}  // namespace

WaitingCost FindWaitingCost(const std::vector<PooledTrial>& trials,
                            const std::vector<size_t>& level) {
  const bool has_waits =
      std::all_of(trials.begin(), trials.end(), [](const auto& t) { return t.waited.has_value(); });
  const bool all_calm =
      std::all_of(trials.begin(), trials.end(), [](const auto& t) { return t.calm; });
  if (!has_waits || all_calm) return {};
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> effects(EffectColumns(trials, level));
  const double degrees =
      static_cast<double>(trials.size()) - static_cast<double>(effects.rank()) - 1;
  if (degrees < kMinDegrees) return {};
  const std::vector<double> instrument = Instrument(trials, level);
  Eigen::MatrixXd figures(static_cast<Eigen::Index>(trials.size()), 3);
  for (size_t i = 0; i < trials.size(); ++i) {
    figures.row(static_cast<Eigen::Index>(i)) << trials[i].y, *trials[i].waited, instrument[i];
  }
  // What the effects of blocks and levels leave (Frisch, Waugh and Lovell).
  const Eigen::MatrixXd rotated = effects.householderQ().transpose() * figures;
  const auto rest = rotated.bottomRows(rotated.rows() - effects.rank());
  const double across = rest.col(1).dot(rest.col(2));
  if (across <= kRounding * figures.col(0).squaredNorm()) return {};
  WaitingCost cost;
  cost.share = rest.col(0).dot(rest.col(2)) / across;
  const double noise = (rest.col(0) - cost.share * rest.col(1)).norm() / std::sqrt(degrees);
  cost.standard_error = noise * rest.col(2).norm() / across;
  if (cost.share <= StudentQuantile(kShown, degrees) * cost.standard_error) return {};
  cost.share = std::min(cost.share, kMaxShare);
  return cost;
}

double SecondsWaited(const WaitingCost& cost, double waited, double seconds_per_unit) {
  return std::min(cost.share * waited, kMostOfTime * seconds_per_unit);
}

void SubtractWaiting(const WaitingCost& cost, Observation* observation) {
  if (cost.share == 0 || !observation->waited_seconds.has_value()) return;
  const double waited = *observation->waited_seconds;
  const double cost_seconds = SecondsWaited(cost, waited, observation->seconds_per_unit);
  observation->measured_seconds = observation->seconds_per_unit;
  observation->seconds_per_unit -= cost_seconds;
  observation->waited_seconds = std::max(0.0, waited - cost_seconds);
  observation->waiting_error_seconds = cost.standard_error * waited;
}

double WaitingGrowth(const std::vector<Block>& blocks) {
  struct Mean {
    double trials = 0;
    double waited = 0;
    double seconds = 0;  // T as it was measured
    double dose = 0;
  };
  std::map<int64_t, Mean> means;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (!o.waited_seconds.has_value()) return 0;
      const double measured = o.measured_seconds > 0 ? o.measured_seconds : o.seconds_per_unit;
      Mean& mean = means[o.delay_ns];
      ++mean.trials;
      // A delay that waited for a core took longer than its own error explains.
      const double delivered = DoseSeconds(o).value_or(0);
      const double requested = o.calls_per_unit.has_value() ? *o.calls_per_unit * DelaySeconds(o)
                                                            : delivered / o.stretch;
      mean.waited += *o.waited_seconds + (measured - o.seconds_per_unit) +
                     std::max(0.0, delivered - kLongestDelay * requested);
      mean.seconds += measured;
      mean.dose += requested;
    }
  }
  const auto control = means.find(0);
  if (control == means.end()) return 0;
  const auto more = [&control](const Mean& mean, double Mean::*figure) {
    return mean.*figure / mean.trials - control->second.*figure / control->second.trials;
  };
  double waited = 0;
  double seconds = 0;
  for (const auto& [delay_ns, mean] : means) {
    if (delay_ns == 0) continue;
    const double dose = mean.dose / mean.trials;
    waited += dose * more(mean, &Mean::waited);
    seconds += dose * more(mean, &Mean::seconds);
  }
  return seconds > 0 ? waited / seconds : 0;
}

}  // namespace pyslow::statistics
