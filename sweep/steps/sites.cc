// Step 6: the calls of one function, by their callers.
#include <string>

#include "absl/strings/str_cat.h"
#include "base/function_id.h"
#include "patterns/line_range.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/parts.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

PartsResult ExamineCallSites(const StepContext& context, const CountResult& count,
                             const Baseline& baseline, const Subject& function) {
  // Of the time budget that is left.
  constexpr double kShare = 0.8;
  constexpr double kShareBeforeLines = 0.5;
  const bool has_lines = context.settings.steps.lines;
  PartsResult result;
  model::StepSummary summary;
  summary.step = model::Step::kSites;
  summary.outcome = model::StepSummary::Outcome::kNothingToCompare;
  if (has_lines) {
    summary.next = model::StepSummary::Next::kLines;
    summary.function = function.name;
  }
  std::string pattern;
  if (patterns::IsPartOfFunction(function.function->View()) ||
      !ExactPattern(*function.function, &pattern)) {
    result.summary = summary;
    return result;
  }
  if (!HasTimeToCount(context)) {
    summary.outcome = model::StepSummary::Outcome::kNoTime;
    result.summary = summary;
    return result;
  }
  const size_t later = TrialsOfParts(context.settings, has_lines ? 1 : 0);
  context.observer.LaterParts(TrialsOfComparedParts(context.settings) + later);
  const CountedParts counted = CountParts(context, *function.function, count.counted,
                                          {.name = "calls",
                                           .targets = absl::StrCat("*:*", kCallArrow, pattern),
                                           .lines = "",
                                           .trials = "call sites counted",
                                           .arm = "calls counted by caller"});
  result.status = counted.status;
  if (!result.status.ok()) return result;
  result.summary = summary;
  if (counted.units <= 0) return result;  // the window never opened
  Subjects sites = FunctionsOf(counted.parts, count.counted, counted.units);
  sites.setup.name = "call-sites";
  for (Subject& site : sites.subjects) site.subsystem = function.name;
  // These trials are slower than those of the count: each call has an event of its own.
  SetOwnTrials(counted.own_trial_seconds, counted.calls_per_unit, &sites);
  context.observer.LaterParts(later);
  CompareParts(context, baseline, "call sites",
               {.budget_share = has_lines ? kShareBeforeLines : kShare, .may_use_all = !has_lines},
               false, sites, &result);
  if (!result.status.ok()) result.summary.reset();
  return result;
}

}  // namespace pyslow::steps
