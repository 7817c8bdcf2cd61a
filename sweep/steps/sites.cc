// Step 6: the calls of one function, by their callers.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/function_id.h"
#include "patterns/line_range.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

constexpr char kCount[] = "call sites counted";
constexpr double kSitesShare = 0.8;  // of the time budget that is left

// Every call of the function `id`, whose line of a target file is `pattern`. The functions that it
// calls are a group of their own, because the own time of a call is without them.
model::Setup SetupToCount(const FunctionId& id, const std::string& pattern,
                          const std::vector<CalledFunction>& counted) {
  model::Setup setup;
  setup.name = "calls";
  setup.groups = {"calls"};
  const std::string elsewhere = SameElsewhere(id, counted, &setup.groups);
  setup.targets = absl::StrCat(elsewhere, "[calls", ProcessOption(id), "]\n*:*", kCallArrow,
                               pattern, "[others]\n*:*\n");
  setup.groups.emplace_back("others");
  setup.own_time = true;
  return setup;
}

// The calls of each caller, and their own time, in two trials.
absl::Status CountSites(const StepContext& context, std::vector<CalledFunction>* counted,
                        double* units) {
  constexpr int kTrials = 2;
  context.observer.PartBegins(kCount, kTrials);
  for (int number = 0; number < kTrials; ++number) {
    model::Trial trial;
    absl::Status status =
        context.conductor.RunOne(kCount, number, {"calls counted by caller", true, {}}, &trial);
    if (!status.ok()) return status;
    if (number == 0) {
      for (const model::FunctionCounts& one : trial.functions) {
        if (one.group == 0) counted->push_back({one, {}, {}});
      }
      *units = UnitsOf(trial);
    }
    AddOwnTimes(trial, counted);
  }
  return absl::OkStatus();
}

}  // namespace

SitesResult ExamineCallSites(const StepContext& context, const CountResult& count,
                             const Baseline& baseline, const Subject& function) {
  using Outcome = model::StepSummary::Outcome;
  SitesResult result;
  model::StepSummary summary;
  summary.step = model::Step::kSites;
  summary.outcome = Outcome::kNothingToCompare;
  std::string pattern;
  if (patterns::IsPartOfFunction(ProcessPartsOf(function.function->View()).id) ||
      !ExactPattern(*function.function, &pattern)) {
    result.summary = summary;
    return result;
  }
  result.status =
      context.conductor.Prepare(SetupToCount(*function.function, pattern, count.counted));
  if (!result.status.ok()) return result;
  std::vector<CalledFunction> counted;
  double units = 1;
  result.status = CountSites(context, &counted, &units);
  if (!result.status.ok()) return result;
  if (units <= 0) {  // the window never opened
    result.summary = summary;
    return result;
  }
  Subjects sites = FunctionsOf(counted, count.counted, units);
  sites.setup.name = "call-sites";
  for (Subject& site : sites.subjects) site.subsystem = function.name;
  SetOwnTrials(count.own_trial_seconds, count.everything.all_calls_per_unit, &sites);
  std::vector<model::Result> left_out;
  const std::vector<Subject> subjects =
      WithinTime(context, baseline, UntilSeconds(context, kSitesShare),
                 Eligible(context.settings, baseline, sites.subjects, &left_out), &left_out);
  if (subjects.size() == 1) {
    summary.outcome = Outcome::kOneSubject;
    summary.names = {subjects.front().name};
  } else if (!subjects.empty()) {
    result.status = context.conductor.Prepare(sites.setup);
    if (!result.status.ok()) return result;
    Comparison comparison =
        Compare(context, baseline, "call sites", subjects, {.budget_share = kSitesShare});
    result.sites = std::move(comparison.results);
    result.status = comparison.status;
    summary.outcome = Outcome::kRanked;
  }
  for (model::Result& one : left_out) result.sites.push_back(std::move(one));
  if (result.status.ok()) result.summary = summary;
  return result;
}

}  // namespace pyslow::steps
