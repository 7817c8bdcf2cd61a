// Step 1: the functions that are called, and how often per unit.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/function_id.h"
#include "base/limits.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

// With more groups the table is too long to read, and there are too many trials. The other packages
// are one group.
constexpr size_t kMaxPackages = 20;

bool HasTargets(const Settings& settings) {
  return !settings.targets_file.empty() || !settings.targets.empty();
}

model::Setup SetupToCount(const Settings& settings, const Subjects& groups) {
  model::Setup setup;
  if (HasTargets(settings)) {
    setup = groups.setup;
  } else {
    setup.name = "count";
    setup.targets = "*:*\n";
    setup.groups = {"default"};
  }
  return setup;
}

// The first trials, --warmup, count for nothing: a cold start is slower. A live program has no
// cold trial.
absl::Status WarmUp(const StepContext& context) {
  if (context.settings.trials.live || context.settings.warmup <= 0) return absl::OkStatus();
  context.observer.PartBegins("warm-up", static_cast<size_t>(context.settings.warmup));
  for (int number = 0; number < context.settings.warmup; ++number) {
    model::Trial trial;
    absl::Status status =
        context.conductor.RunOne("warm-up", number, {"warm-up", true, {}}, &trial);
    // A replayed sweep may have been started without.
    if (context.conductor.LacksTrial(status)) break;
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Own time is measured in separate trials: measuring it slows the program, and the counting trial
// gives the first value of T0. There are several, since the speed of a processor differs between
// trials.
absl::Status MeasureOwnTime(const StepContext& context, model::Setup setup, CountResult* result) {
  constexpr size_t kMinTrials = 2;
  constexpr size_t kTrials = 6;
  constexpr double kShare = 0.05;  // of the time budget
  setup.own_time = true;
  if (absl::Status status = context.conductor.Prepare(setup); !status.ok()) return status;
  const double until = UntilSeconds(context, kShare);
  context.observer.PartBegins("own time", kTrials);
  std::vector<double> seconds;
  for (int number = 0; number < static_cast<int>(kTrials); ++number) {
    const bool has_time = context.conductor.seconds() + context.conductor.TrialSeconds() <= until;
    if (number >= static_cast<int>(kMinTrials) && !has_time) break;
    model::Trial trial;
    absl::Status status =
        context.conductor.RunOne("own time", number, {"own time measured", true, {}}, &trial);
    // A replayed sweep may have been started with fewer blocks: the recorded trials are enough.
    if (context.conductor.LacksTrial(status)) break;
    if (!status.ok()) return status;
    AddOwnTimes(trial, &result->counted);
    seconds.push_back(trial.seconds_per_unit - WaitedSecondsOf(trial).value_or(0));
    result->own_trial_seconds = OwnSecondsOf(seconds);
  }
  return absl::OkStatus();
}

// The union of all groups but the waiting loops.
Subject UnionOf(const Subjects& groups) {
  Subject everything;
  for (const Subject& subject : groups.subjects) {
    if (subject.polls) continue;
    everything.groups.insert(everything.groups.end(), subject.groups.begin(), subject.groups.end());
    everything.calls_per_unit += subject.calls_per_unit;
    everything.calls_per_trial += subject.calls_per_trial;
    AddOwnTime(subject.own_seconds_per_unit, &everything.own_seconds_per_unit);
    AddOwnTime(subject.seldom_own_seconds_per_unit, &everything.seldom_own_seconds_per_unit);
    if (subject.seldom_seconds > everything.seldom_seconds) {
      everything.seldom = subject.seldom;
      everything.seldom_seconds = subject.seldom_seconds;
    }
  }
  std::sort(everything.groups.begin(), everything.groups.end());
  return everything;
}

void SetEverything(bool has_targets, CountResult* result) {
  Subject& everything = result->everything;
  everything = UnionOf(result->groups);
  everything.kind = has_targets ? model::SubjectKind::kAllTargets : model::SubjectKind::kAllPython;
  // Measuring costs time outside of own time, too: own time is too large only if its sum is.
  result->own_trial_seconds =
      std::min(result->own_trial_seconds, OwnSecondsOf(everything.own_seconds_per_unit));
  everything.own_trial_seconds = result->own_trial_seconds;
  everything.all_calls_per_unit = everything.calls_per_unit;
  SetOwnTrials(result->own_trial_seconds, everything.calls_per_unit, &result->groups);
}

model::StepSummary::Next NextAfterCounting(const Steps& steps) {
  if (steps.impact) return model::StepSummary::Next::kImpact;
  if (steps.isolate) return model::StepSummary::Next::kSubsystems;
  return steps.focus ? model::StepSummary::Next::kFunctions
                     : model::StepSummary::Next::kRequestedEnd;
}

// The time of the first blocks of the global step, if there is not so much left; 0 otherwise.
double LeastSeconds(const StepContext& context) {
  constexpr size_t kUsualDelays = 4;
  const Settings& settings = context.settings;
  if (!settings.steps.impact) return 0;
  const size_t delays = settings.delays_ns.empty() ? kUsualDelays : settings.delays_ns.size();
  const size_t trials = settings.blocks.value_or(statistics::kLooks.front()) * delays;
  const double seconds = context.conductor.TrialSeconds() * static_cast<double>(trials);
  return context.conductor.seconds() + seconds > BudgetSecondsOf(settings) ? seconds : 0;
}

// Whether the trial ended before its window opened. T and the counts are then of no use.
bool HasNoWindow(const model::Trial& trial, const Settings& settings) {
  return HasWindow(settings) && trial.window_seconds <= 0;
}

// A trial hangs if it takes so much longer than the counting trial. --max-slowdown limits what
// delays add; the events of lines, and waits for the GIL, add to that.
int64_t TimeLimitNs(const model::Trial& counted, const Settings& settings) {
  constexpr double kTimes = 10;
  constexpr double kMinSeconds = 60;
  constexpr int64_t kSecondNs = 1'000'000'000;
  const double seconds =
      kTimes * settings.max_slowdown * (counted.wall_seconds + counted.other_seconds);
  const auto whole = static_cast<int64_t>(std::ceil(std::max(kMinSeconds, seconds)));
  return std::min(whole, kMaxWindowNs / kSecondNs) * kSecondNs;
}

model::StepSummary NoWindowSummary(const model::Trial& trial, const Settings& settings) {
  model::StepSummary summary;
  summary.step = model::Step::kCount;
  summary.outcome = model::StepSummary::Outcome::kWindowNeverOpened;
  summary.next = model::StepSummary::Next::kNothingToSlow;
  summary.trial_seconds = trial.wall_seconds;
  summary.start_seconds = static_cast<double>(settings.trials.start_ns) * 1e-9;
  summary.start_at = settings.trials.start_at;
  return summary;
}

model::StepSummary SummaryOf(const CountResult& result, const Steps& steps) {
  using Outcome = model::StepSummary::Outcome;
  model::StepSummary summary;
  summary.step = model::Step::kCount;
  std::set<std::string> packages;
  size_t only_outside = 0;
  for (const CalledFunction& function : result.counted) {
    if (function.calls > 0) {
      packages.insert(PackageOf(function.id.module));
      ++summary.functions;
    } else if (function.calls_outside > 0) {
      ++only_outside;
    }
  }
  if (summary.functions == 0) {
    summary.outcome = only_outside > 0 ? Outcome::kCalledOutsideWindow : Outcome::kNothingCalled;
    summary.functions = only_outside;
    summary.next = model::StepSummary::Next::kNothingToSlow;
    return summary;
  }
  summary.outcome = Outcome::kCounted;
  summary.next = NextAfterCounting(steps);
  summary.packages = packages.size();
  summary.calls_per_unit = result.everything.calls_per_unit;
  summary.seconds_per_unit = result.baseline.control_seconds;
  return summary;
}

}  // namespace

void AddOwnTimes(const model::Trial& trial, std::vector<CalledFunction>* counted) {
  std::map<FunctionId, uint64_t> own_ns;
  uint64_t sum_ns = 0;
  for (const model::FunctionCounts& function : trial.functions) {
    own_ns[function.id] += function.own_ns;
    sum_ns += function.own_ns;
  }
  const double units = UnitsOf(trial);
  if (sum_ns == 0 || units <= 0) return;  // 0 units: the window never opened in this trial
  for (CalledFunction& function : *counted) {
    const auto found = own_ns.find(function.id);
    const double ns = found != own_ns.end() ? static_cast<double>(found->second) : 0;
    function.own_seconds_per_unit.push_back(ns * 1e-9 / units);
  }
}

bool SetPollsApart(std::vector<CalledFunction> counted, CountResult* result) {
  Subjects groups = result->groups;
  if (!PollsAsSubject(result->units, &counted, &groups)) return false;
  Subject everything = UnionOf(groups);
  if (everything.calls_per_unit <= 0) return false;
  everything.kind = result->everything.kind;
  everything.own_trial_seconds = result->own_trial_seconds;
  everything.all_calls_per_unit = result->everything.all_calls_per_unit;
  SetOwnTrials(everything.own_trial_seconds, everything.all_calls_per_unit, &groups);
  result->everything = std::move(everything);
  result->groups = std::move(groups);
  result->counted = std::move(counted);
  result->has_polls = true;
  return true;
}

CountResult CountCalls(const StepContext& context) {
  const Settings& settings = context.settings;
  const bool has_targets = HasTargets(settings);
  CountResult result;
  if (has_targets) {
    absl::StatusOr<Subjects> groups =
        GroupsOf(settings.targets_file, settings.targets, settings.groups);
    result.status = groups.status();
    if (!groups.ok()) return result;
    result.groups = *std::move(groups);
  }
  const model::Setup setup = SetupToCount(settings, result.groups);
  result.setup = setup;
  result.status = context.conductor.Prepare(setup);
  if (!result.status.ok()) return result;
  result.status = WarmUp(context);
  if (!result.status.ok()) return result;
  context.observer.PartBegins("count", 1);
  model::Trial trial;
  result.status = context.conductor.RunOne("count", 0, {"every call counted", true, {}}, &trial);
  if (!result.status.ok()) return result;
  context.conductor.SetTimeLimit(TimeLimitNs(trial, settings));
  const bool has_no_window = HasNoWindow(trial, settings);
  for (model::FunctionCounts& function : trial.functions) {
    result.counted.push_back({std::move(function), {}, {}});
  }
  result.units = has_no_window ? 1 : UnitsOf(trial);
  if (has_no_window) {
    result.summary = NoWindowSummary(trial, settings);
    result.is_over = true;
    return result;
  }
  result.baseline = BaselineOf(trial.seconds_per_unit, settings);
  // The counts are reported even if this fails.
  result.status = MeasureOwnTime(context, setup, &result);
  if (has_targets) {
    SetCalls(result.counted, result.units, &result.groups);
  } else {
    result.groups = PackagesOf(kMaxPackages, result.units, &result.counted);
  }
  SetEverything(has_targets, &result);
  result.summary = SummaryOf(result, settings.steps);
  result.summary->least_seconds = LeastSeconds(context);
  result.is_over = result.summary->outcome != model::StepSummary::Outcome::kCounted;
  return result;
}

}  // namespace pyslow::steps
