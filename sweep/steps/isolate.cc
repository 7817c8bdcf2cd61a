// Step 4: the effect of each subsystem.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweep/steps/compare.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

using Next = model::StepSummary::Next;
using Outcome = model::StepSummary::Outcome;

constexpr double kSubsystemsShare = 0.5;  // of the time budget that is left
constexpr size_t kMaxWinners = 3;

std::vector<std::string> NamesOf(const std::vector<Subject>& subjects) {
  std::vector<std::string> names;
  for (const Subject& subject : subjects) names.push_back(subject.name);
  return names;
}

model::StepSummary SummaryOf(Outcome outcome, const IsolateResult& result, bool has_focus) {
  model::StepSummary summary;
  summary.step = model::Step::kSubsystems;
  summary.outcome = outcome;
  summary.names = NamesOf(result.winners);
  if (outcome == Outcome::kNothingToCompare || outcome == Outcome::kNoTime) {
    summary.next = Next::kNothingToCompare;
  } else if (result.winners.empty()) {
    summary.next = Next::kNothingStandsOut;
  } else {
    summary.next = has_focus ? Next::kFunctions : Next::kRequestedEnd;
  }
  return summary;
}

void Append(std::vector<model::Result> results, IsolateResult* result) {
  for (model::Result& one : results) result->groups.push_back(std::move(one));
}

// Whether a delay of everything is one of this subject: it has nearly all calls.
bool IsNearlyEverything(const Subject& subject, const CountResult& count) {
  constexpr double kNearly = 0.99;
  return !subject.polls && subject.calls_per_unit >= kNearly * count.everything.calls_per_unit;
}

// The only subject that is worth a trial, if it needs none.
void TakeOnly(const Subject& subject, const Baseline& baseline,
              const std::optional<model::Result>& global, IsolateResult* result) {
  if (global.has_value()) {
    model::Result only = ResultOf(subject, baseline.control_seconds);
    only.curve = global->curve;
    result->groups.push_back(std::move(only));
  }
  result->winners = {subject};
}

}  // namespace

IsolateResult IsolateSubsystems(const StepContext& context, const CountResult& count,
                                const Baseline& baseline,
                                const std::optional<model::Result>& global) {
  const bool has_focus = context.settings.steps.focus;
  IsolateResult result;
  std::vector<model::Result> left_out;
  std::vector<Subject> subjects =
      Eligible(context.settings, baseline, count.groups.subjects, &left_out);
  // The global curve is that of the subject, or the next step examines its functions anyway.
  if (subjects.size() == 1 && (global.has_value() || has_focus) &&
      IsNearlyEverything(subjects.front(), count)) {
    TakeOnly(subjects.front(), baseline, global, &result);
    Append(std::move(left_out), &result);
    result.summary = SummaryOf(Outcome::kOneSubject, result, has_focus);
    return result;
  }
  const Outcome none = subjects.empty() ? Outcome::kNothingToCompare : Outcome::kNoTime;
  subjects = WithinTime(context, baseline, UntilSeconds(context, kSubsystemsShare),
                        std::move(subjects), &left_out);
  if (subjects.empty()) {
    result.is_over = true;
    result.groups = std::move(left_out);
    result.summary = SummaryOf(none, result, has_focus);
    return result;
  }
  result.status = context.conductor.Prepare(count.groups.setup);
  if (!result.status.ok()) return result;
  Comparison comparison =
      Compare(context, baseline, "groups", subjects, {.budget_share = kSubsystemsShare});
  for (size_t i = 0; i < comparison.results.size(); ++i) {
    if (!comparison.leads[i] || result.winners.size() >= kMaxWinners) continue;
    result.winners.push_back(subjects[comparison.subject_of[i]]);
  }
  result.status = comparison.status;
  result.groups = std::move(comparison.results);
  Append(std::move(left_out), &result);
  if (!result.status.ok()) return result;
  result.is_over = result.winners.empty();
  result.summary = SummaryOf(Outcome::kRanked, result, has_focus);
  return result;
}

}  // namespace pyslow::steps
