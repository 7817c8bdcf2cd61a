#include "sweep/steps/compare_versions.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sweep/statistics/design.h"
#include "sweep/statistics/versions.h"
#include "sweep/steps/curves.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/own_times.h"
#include "sweep/steps/repeat_stalls.h"

namespace pyslow::steps {
namespace {

using NoPrediction = model::Comparison::NoPrediction;

// The arms of a block of the comparison, each twice: the noise within a block is known then.
enum Version : size_t { kPlain, kOtherPlain, kControl, kOtherControl };
constexpr size_t kTrialsOfArm = 2;
constexpr size_t kLeastPairs = 4;  // that measure own time
constexpr size_t kBlocksForCoarse = 4;
constexpr double kLeastLeft = 0.01;  // of T, by a prediction

// The other version's first trials are as cold as those of the first version were.
absl::Status WarmUpOther(const StepContext& context) {
  if (context.settings.warmup <= 0) return absl::OkStatus();
  context.observer.PartBegins("warm-up", static_cast<size_t>(context.settings.warmup));
  Arm arm = {"other version, warm-up", true, {}};
  arm.is_other = true;
  for (int number = 0; number < context.settings.warmup; ++number) {
    model::Trial trial;
    absl::Status status =
        context.conductor.RunOne("warm-up of the other version", number, arm, &trial);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Own time of both versions, in pairs.
absl::Status MeasureOwnTimes(const StepContext& context, const CountResult& count,
                             BlockedTrials* trials) {
  constexpr size_t kMostPairs = 8;
  constexpr double kShare = 0.15;  // of the time budget
  model::Setup setup = count.setup;
  setup.own_time = true;
  absl::Status status = context.conductor.Prepare(setup);
  if (status.ok()) status = WarmUpOther(context);
  trials->arms = {{"own time measured", true, {}, true, false},
                  {"other version, own time measured", true, {}, true, true}};
  const double until = UntilSeconds(context, kShare);
  context.observer.PartBegins("own time of both", 2 * kLeastPairs);
  while (status.ok() && trials->blocks.size() < kMostPairs) {
    const bool has_time =
        context.conductor.seconds() + 2 * context.conductor.TrialSeconds() <= until;
    if (trials->blocks.size() >= kLeastPairs && !has_time) break;
    status = context.conductor.RunBlock("own time of both", {0, 1}, false, trials);
  }
  return status.ok() ? RepeatStalls(context, until, trials) : status;
}

statistics::VersionLimits LimitsOf(const Settings& settings, const BlockedTrials& trials) {
  statistics::VersionLimits limits;
  limits.looks = VersionLooksOf(settings).size();
  limits.confidence = settings.blocks.has_value() ? 0.95 : statistics::kVersionConfidence;
  limits.grid_seconds = GridOf(trials);
  limits.band = settings.min_gain;
  return limits;
}

// nullopt if a version has no trial.
std::optional<model::VersionTimes> TimesOf(const Settings& settings, const BlockedTrials& trials,
                                           size_t first, size_t other) {
  std::vector<statistics::VersionTrial> versions;
  for (size_t b = 0; b < trials.blocks.size(); ++b) {
    for (const ArmTrial& one : trials.blocks[b]) {
      if (one.is_replaced || (one.arm != first && one.arm != other)) continue;
      statistics::Observation seen = Observe(one.trial, Subject(), 0, settings);
      statistics::SubtractWaiting(trials.waiting, &seen);
      versions.push_back({b, one.arm == other, seen.seconds_per_unit, seen.waited_seconds,
                          seen.waiting_error_seconds, seen.calm});
    }
  }
  if (SecondsOf(trials, first).empty() || SecondsOf(trials, other).empty()) return std::nullopt;
  return statistics::CompareVersions(versions, LimitsOf(settings, trials));
}

void Judge(const Settings& settings, BlockedTrials* trials, model::Comparison* comparison) {
  UpdateWaiting(trials);
  comparison->blocks = trials->blocks.size();
  comparison->plain = TimesOf(settings, *trials, kPlain, kOtherPlain);
  comparison->control = TimesOf(settings, *trials, kControl, kOtherControl);
}

// Whether more trials are of no use.
bool IsDecided(const Settings& settings, const model::Comparison& comparison) {
  const model::VersionTimes* const times = comparison.answer();
  if (times == nullptr) return false;
  if (times->is_coarse && comparison.blocks >= kBlocksForCoarse) return true;
  using Outcome = model::VersionTimes::Outcome;
  if (times->outcome == Outcome::kUndecided) return false;
  // Where a change lies is judged with instrumented functions.
  const bool is_placed = times->outcome == Outcome::kEqual || !comparison.control.has_value() ||
                         comparison.control->outcome != Outcome::kUndecided;
  if (!is_placed) return false;
  return !settings.precision.has_value() ||
         statistics::IsPrecise(times->time_change, *settings.precision, 1);
}

// The trials that MeasureTimes probably takes.
size_t TrialsOfTimes(const Settings& settings) {
  constexpr size_t kArms = 4;
  const size_t look = VersionLooksOf(settings).front();
  return TrialsUntilLook(settings, 0, look, kUsualBlocksOfCurve, kArms * kTrialsOfArm);
}

absl::Status MeasureTimes(const StepContext& context, const CountResult& count,
                          BlockedTrials* trials, model::Comparison* comparison) {
  const Settings& settings = context.settings;
  absl::Status status = context.conductor.Prepare(count.setup);
  if (!status.ok()) return status;
  trials->arms = {{"plain Python", false, {}, false, false},
                  {"other version, plain Python", false, {}, false, true},
                  {"control", true, {}, false, false},
                  {"other version, control", true, {}, false, true}};
  std::vector<size_t> block;
  for (size_t i = 0; i < kTrialsOfArm; ++i) {
    block.insert(block.end(), {kPlain, kOtherPlain, kControl, kOtherControl});
  }
  context.observer.LaterParts(0);
  return RunUntilDecided(context, "compare", block, kUsualBlocksOfCurve, UntilSeconds(context, 1),
                         trials, [&] {
                           Judge(settings, trials, comparison);
                           return IsDecided(settings, *comparison);
                         });
}

// What the curve of all functions says of their time; nullopt if it says nothing.
std::optional<statistics::ClockShare> ShareOf(const std::optional<model::Result>& global,
                                              double calls_per_unit) {
  if (!global.has_value()) return std::nullopt;
  const model::CurveFinding& curve = global->curve;
  if (curve.verdict() == model::Verdict::kUntested || curve.levels.size() < 2) return std::nullopt;
  if (curve.verdict() == model::Verdict::kThreshold) {
    if (!curve.slack_seconds_per_unit.has_value()) return std::nullopt;
    // Withheld if the knee may lie beyond the last delay but one: then it is any share.
    constexpr model::Range kAnyShare = {0, 1.1};
    return statistics::ClockShare{curve.kappa_after_slack.value_or(model::Estimate{1, kAnyShare}),
                                  curve.slack_seconds_per_unit};
  }
  if (curve.kappa.has_value()) return statistics::ClockShare{*curve.kappa, std::nullopt};
  // n* over the calls. If the units are not counted, calls and own time are wrong by one factor.
  if (calls_per_unit <= 0) return std::nullopt;
  return statistics::ClockShare{model::Times(curve.critical_calls, 1 / calls_per_unit),
                                std::nullopt};
}

// From a change of T to that of throughput.
model::Estimate ThroughputChange(const model::Estimate& time_change) {
  const auto change = [](double of_time) { return 1 / std::max(kLeastLeft, 1 + of_time) - 1; };
  model::Estimate estimate = {change(time_change.value), std::nullopt};
  if (time_change.range.has_value()) {
    estimate.range = model::Range{change(time_change.range->high), change(time_change.range->low)};
  }
  return estimate;
}

// Whether the other version is known to be faster or slower.
bool IsChanged(const model::Comparison& comparison) {
  using Outcome = model::VersionTimes::Outcome;
  const Outcome outcome = comparison.answer()->outcome;
  return outcome == Outcome::kFaster || outcome == Outcome::kSlower;
}

void Predict(const std::optional<model::Result>& global, model::Comparison* comparison) {
  if (!comparison->control.has_value()) {
    comparison->no_prediction = NoPrediction::kNoControl;
  } else if (comparison->own_blocks == 0) {
    comparison->no_prediction = NoPrediction::kNoOwnTime;
  }
  const auto share = ShareOf(global, comparison->first_calls);
  if (comparison->no_prediction == NoPrediction::kNothing && !share.has_value()) {
    comparison->no_prediction = NoPrediction::kNoShare;
  }
  if (comparison->no_prediction != NoPrediction::kNothing) {
    const bool is_shown =
        comparison->control.has_value() && model::ExcludesZero(comparison->control->time_change);
    if (is_shown && IsChanged(*comparison))
      comparison->place = model::Comparison::Place::kNotPredicted;
    return;
  }
  const double control = comparison->control->first_seconds.value;
  const model::Estimate predicted =
      statistics::PredictChange(*share, comparison->own_change_seconds, control);
  comparison->predicted_time_change = predicted;
  comparison->predicted_change = ThroughputChange(predicted);
  comparison->rest = model::Difference(comparison->control->time_change, predicted);
  if (IsChanged(*comparison)) {
    comparison->place = statistics::PlaceOf(comparison->control->time_change, predicted);
  }
  if (share->slack_seconds.has_value()) return;  // only the sum tells what exceeds the slack
  for (model::FunctionDifference& function : comparison->functions) {
    function.predicted_change =
        ThroughputChange(statistics::PredictChange(*share, function.own_change_seconds, control));
  }
}

model::StepSummary SummaryOfComparison() {
  model::StepSummary summary;
  summary.step = model::Step::kCompare;
  summary.outcome = model::StepSummary::Outcome::kCompared;
  summary.next = model::StepSummary::Next::kLastStep;
  return summary;
}

}  // namespace

size_t TrialsOfVersions(const Settings& settings) {
  return 2 * kLeastPairs + TrialsOfTimes(settings);
}

bool ComparesVersions(const Settings& settings) { return settings.trials.against.has_value(); }

VersionsResult CompareWithOther(const StepContext& context, const CountResult& count,
                                const std::optional<model::Result>& global) {
  VersionsResult result;
  model::Comparison comparison;
  comparison.smallest_change = context.settings.min_gain;
  BlockedTrials own;
  context.observer.LaterParts(TrialsOfTimes(context.settings));
  result.status = MeasureOwnTimes(context, count, &own);
  BlockedTrials trials;
  if (result.status.ok()) result.status = MeasureTimes(context, count, &trials, &comparison);
  if (comparison.answer() == nullptr) return result;
  OwnTimesOfBoth times = OwnTimesOf(own, 1, context.settings);
  for (const CalledFunction& function : count.counted) {
    if (!function.polls_per_unit.has_value()) continue;  // R23: its time is waiting
    times.first.functions.erase(function.id.Name());
    times.other.functions.erase(function.id.Name());
  }
  if (comparison.control.has_value()) {
    SetDifferences(times, comparison.control->first_seconds.value,
                   comparison.control->other_seconds.value, &comparison);
  }
  Predict(global, &comparison);
  result.comparison = std::move(comparison);
  if (result.status.ok()) result.summary = SummaryOfComparison();
  return result;
}

}  // namespace pyslow::steps
