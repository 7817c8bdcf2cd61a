#include "sweep/statistics/versions.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/grid.h"
#include "sweep/statistics/line.h"
#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

using model::Comparison;
using model::Estimate;
using model::Range;
using model::VersionTimes;
using Outcome = model::VersionTimes::Outcome;

namespace {

constexpr double kFalseChanges = 0.05;  // in a sweep

// ln T; x is 1 for the version that `one` selects.
std::vector<PooledTrial> LogTrials(const std::vector<VersionTrial>& trials, bool one) {
  std::vector<PooledTrial> pooled;
  pooled.reserve(trials.size());
  for (const VersionTrial& trial : trials) {
    PooledTrial& log = pooled.emplace_back();
    const double seconds = trial.seconds_per_unit;
    log.block = trial.block;
    log.x = log.dose = trial.is_other == one ? 1 : 0;
    log.y = std::log(seconds);
    if (trial.waited_seconds.has_value()) log.waited = *trial.waited_seconds / seconds;
    log.waiting_error = trial.waiting_error_seconds / seconds;
    log.calm = trial.calm;
  }
  return pooled;
}

// ln(T of the other / T of the first). R16 lowers the low end by what the other version waited
// longer; seen from the other side, it raises the high end by what the first one did.
Fit FitRatio(const std::vector<VersionTrial>& trials, double confidence) {
  Fit fit = FitTrials(LogTrials(trials, true), confidence);
  const Fit back = FitTrials(LogTrials(trials, false), confidence);
  if (!fit.slope.range.has_value() || fit.calm_alone) return fit;
  if (back.calm_alone) {
    const double error = back.standard_error;
    fit = back;
    fit.slope = model::Negated(back.slope);
    fit.standard_error = error;
    return fit;
  }
  fit.slope.range->high = std::max(fit.slope.range->high, -back.slope.range->low);
  return fit;
}

Estimate ExpLessOne(const Estimate& log) {
  Estimate ratio = {std::expm1(log.value), std::nullopt};
  if (log.range.has_value()) {
    ratio.range = Range{std::expm1(log.range->low), std::expm1(log.range->high)};
  }
  return ratio;
}

std::vector<double> SecondsOf(const std::vector<VersionTrial>& trials, bool is_other) {
  std::vector<double> seconds;
  for (const VersionTrial& trial : trials) {
    if (trial.is_other == is_other) seconds.push_back(trial.seconds_per_unit);
  }
  return seconds;
}

Outcome OutcomeOf(const VersionTimes& times, const Estimate& strict, double band) {
  if (!times.change.range.has_value()) return Outcome::kUndecided;
  // A shown change has a sign also if it is too small to matter.
  if (model::ExcludesZero(strict)) {
    return strict.value < 0 ? Outcome::kFaster : Outcome::kSlower;
  }
  const Range& change = *times.change.range;
  return change.low > -band && change.high < band ? Outcome::kEqual : Outcome::kUndecided;
}

}  // namespace

VersionTimes CompareVersions(const std::vector<VersionTrial>& trials, const VersionLimits& limits) {
  VersionTimes times;
  const std::vector<double> first = SecondsOf(trials, false);
  const std::vector<double> other = SecondsOf(trials, true);
  times.first_trials = first.size();
  times.other_trials = other.size();
  times.first_seconds = MeanOfBlocks(first);
  times.other_seconds = MeanOfBlocks(other);
  Estimate log = FitRatio(trials, limits.confidence).slope;
  // R20: the error of all looks together.
  Estimate strict = FitRatio(trials, 1 - kFalseChanges / static_cast<double>(limits.looks)).slope;
  if (limits.grid_seconds > 0) {
    // Half a step at each of two readings.
    const double half =
        limits.grid_seconds / std::min(times.first_seconds.value, times.other_seconds.value);
    times.is_coarse = WidenTo(half, &log);
    WidenTo(half, &strict);
    WidenTo(limits.grid_seconds / 2, &times.first_seconds);
    WidenTo(limits.grid_seconds / 2, &times.other_seconds);
  }
  times.time_change = ExpLessOne(log);
  times.change = ExpLessOne(model::Negated(log));
  times.outcome = OutcomeOf(times, strict, limits.band);
  return times;
}

Estimate PredictChange(const ClockShare& share, const Estimate& own, double control_seconds) {
  const Estimate& kappa = share.kappa;
  const bool has_range = own.range.has_value() && kappa.range.has_value();
  if (share.slack_seconds.has_value()) {
    // What is hidden at delay 0 gains nothing. The ends are those of all figures at their worst.
    const Estimate& slack = *share.slack_seconds;
    const auto beyond = [](double k, double more) {
      return std::max(0.0, k) * std::max(0.0, more);
    };
    Estimate change = {beyond(kappa.value, own.value - slack.value), std::nullopt};
    if (has_range && slack.range.has_value()) {
      change.range = Range{beyond(kappa.range->low, own.range->low - slack.range->high),
                           beyond(kappa.range->high, own.range->high - slack.range->low)};
    }
    return model::Times(change, 1 / control_seconds);
  }
  Estimate change = {kappa.value * own.value, std::nullopt};
  if (has_range) {
    // The delta method, with the term of second order (JCGM 100:2008, 5.1.2).
    const double of_own = (own.range->high - own.range->low) / 2;
    const double of_kappa = (kappa.range->high - kappa.range->low) / 2;
    const double half = std::hypot(kappa.value * of_own, own.value * of_kappa, of_own * of_kappa);
    change.range = Range{change.value - half, change.value + half};
  }
  return model::Times(change, 1 / control_seconds);
}

Comparison::Place PlaceOf(const Estimate& measured, const Estimate& predicted) {
  using Place = Comparison::Place;
  constexpr double kLittle = 0.25;  // of the measured change
  if (!model::ExcludesZero(measured)) return Place::kNothingToPlace;
  const Estimate rest = model::Difference(measured, predicted);
  if (!rest.range.has_value()) return Place::kUnclear;
  const bool is_shown = model::ExcludesZero(*predicted.range);
  if (!model::ExcludesZero(*rest.range)) return is_shown ? Place::kInFunctions : Place::kUnclear;
  const double share = predicted.value / measured.value;
  if (share > 1 && is_shown) return Place::kPartly;  // the rest has the opposite sign
  return share < kLittle || !is_shown ? Place::kElsewhere : Place::kPartly;
}

}  // namespace pyslow::statistics
