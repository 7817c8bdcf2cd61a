#include "sweep/statistics/arms.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/by_block.h"

namespace pyslow::statistics {
namespace {

using State = ArmFinding::State;

constexpr double kMinArmsDegrees = 3;
constexpr double kAnyFalseFind = 0.05;  // in a sweep
constexpr size_t kMinTrialsFound = 3;
constexpr double kHalfQuantile = 2;
constexpr double kHiddenBelow = 0.1;  // κ, as in R5
constexpr double kCriticalAbove = 0.75;
constexpr double kPartialBelow = 0.9;
constexpr double kMuchNoise = 0.05;  // R21
// R22
constexpr size_t kMinTrialsNow = 2;
constexpr double kOwnTimes = 2;
constexpr double kNoises = 4;
constexpr double kMostOfUnit = 0.5;

// The fit: T = block + arm. The control's effect is 0.
struct ArmsFit {
  Eigen::VectorXd effects;    // by column
  Eigen::MatrixXd variances;  // in units of the noise
  std::vector<double> rests;  // by trial: T less the block's effect
  double noise = 0;           // standard deviation of a trial
  double degrees = 0;
};

// The columns of arms that have trials, by arm; −1: none.
std::vector<Eigen::Index> ColumnsOf(const std::vector<ArmObservation>& trials, size_t arms) {
  std::vector<Eigen::Index> columns(arms, -1);
  Eigen::Index next = 0;
  for (const ArmObservation& trial : trials) {
    if (trial.arm.has_value() && columns[*trial.arm] < 0) columns[*trial.arm] = next++;
  }
  return columns;
}

Eigen::Index ColumnOf(const ArmObservation& trial, const std::vector<Eigen::Index>& columns) {
  return trial.arm.has_value() ? columns[*trial.arm] : -1;
}

// Normal equations after the blocks are eliminated.
ArmsFit FitArms(const std::vector<ArmObservation>& trials,
                const std::vector<Eigen::Index>& columns) {
  const std::vector<std::vector<size_t>> blocks = IndicesByBlock(trials);
  const auto count = static_cast<Eigen::Index>(
      std::count_if(columns.begin(), columns.end(), [](Eigen::Index c) { return c >= 0; }));
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(count, count);
  Eigen::VectorXd totals = Eigen::VectorXd::Zero(count);
  for (const std::vector<size_t>& block : blocks) {
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(count);
    Eigen::VectorXd sums = Eigen::VectorXd::Zero(count);
    double sum = 0;
    for (const size_t i : block) {
      sum += trials[i].seconds_per_unit;
      const Eigen::Index column = ColumnOf(trials[i], columns);
      if (column < 0) continue;
      ++counts(column);
      sums(column) += trials[i].seconds_per_unit;
    }
    const auto size = static_cast<double>(block.size());
    information += Eigen::MatrixXd(counts.asDiagonal()) - counts * counts.transpose() / size;
    totals += sums - counts * (sum / size);
  }
  ArmsFit fit;
  fit.variances = information.completeOrthogonalDecomposition().pseudoInverse();
  fit.effects = fit.variances * totals;
  fit.rests.resize(trials.size());
  double squares = 0;
  for (const std::vector<size_t>& block : blocks) {
    double mean = 0;
    for (const size_t i : block) {
      const Eigen::Index column = ColumnOf(trials[i], columns);
      const double effect = column < 0 ? 0 : fit.effects(column);
      mean += (trials[i].seconds_per_unit - effect) / static_cast<double>(block.size());
    }
    for (const size_t i : block) {
      const Eigen::Index column = ColumnOf(trials[i], columns);
      fit.rests[i] = trials[i].seconds_per_unit - mean;
      const double rest = fit.rests[i] - (column < 0 ? 0 : fit.effects(column));
      squares += rest * rest;
    }
  }
  fit.degrees = static_cast<double>(trials.size()) - static_cast<double>(blocks.size()) -
                static_cast<double>(count);
  if (fit.degrees >= 1) fit.noise = std::sqrt(squares / fit.degrees);
  return fit;
}

// R16: what the trials of an arm waited beyond the controls, and the error of the part of it that
// was subtracted from T. 0 if they are calm.
struct Waiting {
  double seconds = 0;
  double standard_error = 0;
};
Waiting ExcessWaiting(const std::vector<ArmObservation>& trials, size_t arm) {
  Waiting of_arm, of_controls;
  double arm_trials = 0;
  double controls = 0;
  bool is_calm = true;
  for (const ArmObservation& trial : trials) {
    if (!trial.waited_seconds.has_value()) continue;
    if (trial.arm.has_value() && trial.arm != arm) continue;
    Waiting& sum = trial.arm.has_value() ? of_arm : of_controls;
    sum.seconds += *trial.waited_seconds;
    sum.standard_error += trial.waiting_error_seconds;
    (trial.arm.has_value() ? arm_trials : controls) += 1;
    is_calm = is_calm && (trial.calm || !trial.arm.has_value());
  }
  if (is_calm || arm_trials == 0 || controls == 0) return {};
  return {std::max(0.0, of_arm.seconds / arm_trials - of_controls.seconds / controls),
          of_arm.standard_error / arm_trials - of_controls.standard_error / controls};
}

// Whether the effect exceeds the limit for all arms and looks, and still does without the arm's
// largest trial; and whether the lower half of its trials is slow too: two of three may have
// stalled.
bool IsFound(const ArmsFit& fit, Eigen::Index column, std::vector<double> rests, double lowered,
             double quantile) {
  const auto count = static_cast<double>(rests.size());
  if (rests.size() < kMinTrialsFound) return false;
  const double variance = fit.variances(column, column);
  const double effect = fit.effects(column) - lowered;
  if (effect <= quantile * fit.noise * std::sqrt(variance)) return false;
  std::sort(rests.begin(), rests.end());
  const double control_variance = std::max(0.0, variance - 1 / count);
  // The mean of the smallest trials, in standard errors of as many trials.
  const auto smallest = [&](size_t trials) {
    const auto n = static_cast<double>(trials);
    const double sum =
        std::accumulate(rests.begin(), rests.begin() + static_cast<ptrdiff_t>(trials), 0.0);
    return (sum / n - lowered) / (fit.noise * std::sqrt(1 / n + control_variance));
  };
  return smallest(rests.size() - 1) > quantile && smallest(rests.size() / 2) > kHalfQuantile;
}

State StateOf(const ArmFinding& finding, bool found) {
  const model::Range& kappa = *finding.kappa.range;
  if (found && kappa.low > kCriticalAbove) return State::kCritical;
  if (found && kappa.high < kPartialBelow) return State::kPartial;
  if (kappa.high < kHiddenBelow) return State::kHidden;
  return found ? State::kFound : State::kUndecided;
}

}  // namespace

std::vector<ArmFinding> JudgeArms(const std::vector<ArmObservation>& trials, size_t arms,
                                  const ArmLimits& limits) {
  std::vector<ArmFinding> findings(arms);
  const std::vector<Eigen::Index> columns = ColumnsOf(trials, arms);
  const ArmsFit fit = FitArms(trials, columns);
  const double share = kAnyFalseFind / static_cast<double>(limits.subjects * limits.looks);
  for (size_t arm = 0; arm < arms; ++arm) {
    const Eigen::Index column = columns[arm];
    if (column < 0) continue;
    ArmFinding& finding = findings[arm];
    std::vector<double> rests;
    for (size_t i = 0; i < trials.size(); ++i) {
      if (trials[i].arm != arm) continue;
      rests.push_back(fit.rests[i]);
      finding.dose_seconds += trials[i].dose_seconds;
    }
    finding.trials = rests.size();
    finding.dose_seconds /= static_cast<double>(rests.size());
    finding.effect.value = fit.effects(column);
    if (finding.dose_seconds <= 0) continue;
    finding.kappa.value = finding.effect.value / finding.dose_seconds;
    if (fit.degrees < kMinArmsDegrees) continue;
    const Waiting waiting = ExcessWaiting(trials, arm);
    const double lowered = waiting.seconds;
    finding.noise = fit.noise;
    finding.degrees_of_freedom = fit.degrees;
    finding.standard_error =
        std::hypot(fit.noise * std::sqrt(fit.variances(column, column)), waiting.standard_error);
    const double quantile = StudentQuantile((1 + limits.confidence) / 2, fit.degrees);
    finding.is_coarse = quantile * finding.standard_error < limits.grid_seconds;
    if (finding.is_coarse) finding.standard_error = limits.grid_seconds / quantile;
    const double half = quantile * finding.standard_error;
    finding.effect.range =
        model::Range{finding.effect.value - half - lowered, finding.effect.value + half};
    finding.kappa = model::Times(finding.effect, 1 / finding.dose_seconds);
    const bool found =
        IsFound(fit, column, rests, lowered, StudentQuantile(1 - share, fit.degrees));
    const bool exceeds_grid = finding.effect.value - lowered > limits.grid_seconds;
    finding.state = StateOf(finding, found && exceeds_grid);
  }
  return findings;
}

size_t ControlsOf(size_t undecided) {
  return std::max<size_t>(
      1, static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(undecided)))));
}

size_t BlocksToJudge(size_t arms) {
  constexpr size_t kMinBlocks = 2;
  const size_t free = arms + ControlsOf(arms) - 1;  // trials of a block, less its effect
  if (free == 0) return kMinBlocks;
  const size_t needed = static_cast<size_t>(kMinArmsDegrees) + arms;
  return std::max(kMinBlocks, (needed + free - 1) / free);
}

double ArmDose(double control_seconds, double noise_ratio, double max_slowdown) {
  const double dose = noise_ratio <= kMuchNoise ? 1 : 2;
  return std::min(dose, std::max(max_slowdown - 1, 0.0)) * control_seconds;
}

Now JudgeNow(const ArmFinding& small, const ArmFinding& large) {
  if (!small.kappa.range.has_value() || small.trials < kMinTrialsNow) return Now::kUnknown;
  const double half = large.kappa.value / 2;
  if (small.kappa.range->low > half) return Now::kCounts;
  return small.kappa.range->high < half ? Now::kHidden : Now::kUnknown;
}

double SmallDose(double own_seconds, double control_seconds, double noise_seconds,
                 double large_dose_seconds) {
  const double most = kMostOfUnit * std::min(control_seconds, large_dose_seconds);
  const double wanted = std::max(kOwnTimes * own_seconds, kNoises * noise_seconds);
  return wanted > 0 ? std::min(wanted, most) : most;
}

double LargestGain(double own_seconds, double control_seconds, double kappa) {
  const double saved = std::max(0.0, kappa) * own_seconds;
  if (saved >= control_seconds) return std::numeric_limits<double>::infinity();
  return saved / (control_seconds - saved);
}

}  // namespace pyslow::statistics
