#include "sweep/steps/parts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {

bool HasTimeToCount(const StepContext& context) { return HasTimeFor(context, kCountTrials, true); }

CountedParts CountParts(const StepContext& context, const FunctionId& function,
                        const std::vector<CalledFunction>& all, const PartsToCount& parts) {
  CountedParts counted;
  model::Setup setup;
  setup.name = parts.name;
  setup.groups = {parts.name, "others"};
  const std::string elsewhere = SameElsewhere(function, all, &setup.groups, parts.lines);
  setup.targets = absl::StrCat(elsewhere, "[", parts.name, ProcessOption(function), "]\n",
                               parts.targets, "[others]\n*:*\n");
  setup.own_time = true;
  counted.status = context.conductor.Prepare(setup);
  if (!counted.status.ok()) return counted;
  context.observer.PartBegins(parts.trials, kCountTrials);
  std::vector<double> seconds;
  std::vector<double> own_seconds;
  for (int number = 0; number < static_cast<int>(kCountTrials); ++number) {
    model::Trial trial;
    counted.status = context.conductor.RunOne(parts.trials, number, {parts.arm, true, {}}, &trial);
    if (!counted.status.ok()) return counted;
    const double units = UnitsOf(trial);
    if (number == 0) counted.units = units;
    if (units <= 0) break;
    double own_ns = 0;
    for (const model::FunctionCounts& one : trial.functions) {
      own_ns += static_cast<double>(one.own_ns);
      if (number > 0) continue;
      counted.calls_per_unit += static_cast<double>(one.calls) / units;
      if (one.group == 0) counted.parts.push_back({one, {}, {}});
    }
    AddOwnTimes(trial, &counted.parts);
    own_seconds.push_back(own_ns * 1e-9 / units);
    seconds.push_back(trial.seconds_per_unit - WaitedSecondsOf(trial).value_or(0));
  }
  counted.own_trial_seconds = std::min(OwnSecondsOf(seconds), OwnSecondsOf(own_seconds));
  return counted;
}

void CompareParts(const StepContext& context, const Baseline& baseline, const std::string& name,
                  const CompareOptions& options, bool compares_one, const Subjects& parts,
                  PartsResult* result) {
  using Outcome = model::StepSummary::Outcome;
  model::StepSummary& summary = *result->summary;
  std::vector<model::Result> left_out;
  std::vector<Subject> subjects = Eligible(context.settings, baseline, parts.subjects, &left_out);
  if (subjects.size() == 1 && !compares_one) {
    summary.outcome = Outcome::kOneSubject;
    summary.names = {subjects.front().name};
    result->parts.push_back(
        ResultWithout(subjects.front(), baseline.control_seconds, model::Reason::Kind::kOnlyOne));
  } else if (!subjects.empty()) {
    subjects = WithinTime(context, baseline, UntilSeconds(context, options.budget_share),
                          std::move(subjects), &left_out);
    summary.outcome = subjects.empty() ? Outcome::kNoTime : Outcome::kRanked;
    if (!subjects.empty()) {
      result->status = context.conductor.Prepare(parts.setup);
      if (!result->status.ok()) return;
      Comparison comparison = Compare(context, baseline, name, subjects, options);
      result->parts = std::move(comparison.results);
      result->status = comparison.status;
    }
  }
  for (model::Result& one : left_out) result->parts.push_back(std::move(one));
}

}  // namespace pyslow::steps
