// Step 5: the effect of each function, and what to optimise first.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/curves.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/gil.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

using Outcome = model::StepSummary::Outcome;

constexpr double kFocusShare = 0.5;   // of the time budget that is left, to find the leaders
constexpr size_t kBlocksOfCurve = 3;  // of a curve
// Curves in all, if some of the leaders turn out to be without gain.
constexpr size_t kMaxCurves = 6;

// The share of the time budget that is left for the curves, before `steps` further steps.
double ShareBefore(int steps) {
  constexpr std::array<double, 3> kShares = {1, 0.6, 0.4};
  return kShares.at(static_cast<size_t>(steps));
}

// The time at which the curves end.
double UntilOfCurves(const StepContext& context) {
  constexpr double kShareBeforeGil = 0.8;  // of the time budget that is left
  const Steps& steps = context.settings.steps;
  return UntilSeconds(context, ShareBefore(steps.parts()) * (steps.gil ? kShareBeforeGil : 1));
}

// The time at which the comparison of the first function's GIL modes ends.
double UntilOfGil(const StepContext& context) {
  const Steps& steps = context.settings.steps;
  return UntilSeconds(context, steps.parts() > 0 ? ShareBefore(steps.parts()) / 2 : 1);
}

// The functions of the subsystems, in descending order of own time, then of calls.
std::vector<CalledFunction> Candidates(const CountResult& count,
                                       const std::vector<Subject>& subsystems) {
  std::vector<CalledFunction> candidates;
  for (const CalledFunction& function : count.counted) {
    if (function.calls == 0) continue;
    const bool is_in = std::any_of(subsystems.begin(), subsystems.end(), [&](const Subject& one) {
      return absl::c_linear_search(one.groups, function.group);
    });
    if (is_in) candidates.push_back(function);
  }
  const auto size = [](const CalledFunction& function) {
    return std::pair(FirstOwnSecondsOf(function.own_seconds_per_unit), function.calls);
  };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const auto& a, const auto& b) { return size(a) > size(b); });
  return candidates;
}

// Sets the subsystem that each function belongs to, for the table.
void NameSubsystems(const std::vector<CalledFunction>& candidates,
                    const std::vector<Subject>& subsystems, Subjects* functions) {
  std::map<uint32_t, std::string> names;
  for (const Subject& subsystem : subsystems) {
    for (const uint32_t group : subsystem.groups) names[group] = subsystem.name;
  }
  std::map<std::string, std::string> by_function;
  for (const CalledFunction& function : candidates) {
    by_function[function.id.Name()] = names[function.group];
  }
  for (Subject& subject : functions->subjects) subject.subsystem = by_function[subject.name];
}

// The result of `subject`; nullptr if there is none.
model::Result* ResultIn(std::vector<model::Result>* functions, const Subject& subject) {
  const auto found =
      std::find_if(functions->begin(), functions->end(),
                   [&](const model::Result& result) { return result.name == subject.name; });
  return found != functions->end() ? &*found : nullptr;
}

// Measures the curves of the leaders. Each replaces the result of the comparison.
absl::Status MeasureCurvesOf(const StepContext& context, const Baseline& baseline,
                             const std::string& part, const std::vector<Subject>& leaders,
                             double until_seconds, std::vector<model::Result>* functions) {
  Curves curves = CurvesOf(part);
  curves.min_blocks = kBlocksOfCurve;
  const double dose = std::min(baseline.control_seconds, baseline.max_dose_seconds);
  const std::vector<int64_t> given = GivenDelays(context.settings);
  for (const Subject& leader : leaders) {
    const auto per_call_ns = [&](double seconds) {
      return statistics::PerCallNs(leader.calls_per_unit, seconds);
    };
    curves.Add(context.settings, leader,
               given.empty() ? statistics::DelaysUpTo(static_cast<double>(per_call_ns(dose)))
                             : Bounded(given, per_call_ns(baseline.max_dose_seconds)));
  }
  absl::Status status =
      MeasureCurves(context, until_seconds, std::numeric_limits<size_t>::max(), &curves);
  for (const Curve& curve : curves.curves) {
    if (!curve.finding.has_value()) continue;
    model::Result result = ResultOf(curve.subject, baseline.control_seconds);
    result.curve = *curve.finding;
    if (model::Result* old = ResultIn(functions, curve.subject); old != nullptr) {
      *old = std::move(result);
    } else {
      functions->push_back(std::move(result));
    }
  }
  return status;
}

bool MayGain(std::vector<model::Result>* functions, const Subject& leader) {
  const model::Result* result = ResultIn(functions, leader);
  return result != nullptr && !model::IsWithoutGain(result->curve);
}

// The number of curves that can be measured until the conductor has used `until_seconds`.
size_t CurvesWithin(const StepContext& context, double until_seconds) {
  constexpr size_t kArmsOfCurve = 3;
  const double left = until_seconds - context.conductor.seconds();
  size_t count = kMaxLeaders;
  while (count > 0 && context.conductor.TrialSeconds() *
                              static_cast<double>(kBlocksOfCurve * (1 + kArmsOfCurve * count)) >
                          left) {
    --count;
  }
  return count;
}

// Measures the curves of the first of `found`, functions with an effect at a large dose. One that
// is hidden up to a slack has such an effect too: if a curve shows that there is no gain, the next
// function gets a curve, while there is time. Adds the measured functions to `*leaders`; if there
// is no time for a curve, the first of `found`.
absl::Status MeasureLeaders(const StepContext& context, const Baseline& baseline,
                            const std::vector<Subject>& found, std::vector<Subject>* leaders,
                            std::vector<model::Result>* functions) {
  const double until = UntilOfCurves(context);
  size_t gains = 0;
  for (int round = 1; gains < kMaxLeaders; ++round) {
    const size_t left = std::min(found.size(), kMaxCurves) - leaders->size();
    const size_t count = std::min({kMaxLeaders - gains, left, CurvesWithin(context, until)});
    if (count == 0) break;
    const auto first = found.begin() + static_cast<ptrdiff_t>(leaders->size());
    const std::vector<Subject> next(first, first + static_cast<ptrdiff_t>(count));
    leaders->insert(leaders->end(), next.begin(), next.end());
    const std::string part = round == 1 ? "curves" : absl::StrCat("curves ", round);
    absl::Status status = MeasureCurvesOf(context, baseline, part, next, until, functions);
    if (!status.ok()) return status;
    gains += static_cast<size_t>(std::count_if(
        next.begin(), next.end(), [&](const Subject& one) { return MayGain(functions, one); }));
  }
  if (leaders->empty()) {
    *leaders = found;
    leaders->resize(std::min(found.size(), kMaxLeaders));
  }
  return absl::OkStatus();
}

// Leaders with a gain come first, before those whose gain depends on whether they have a slack.
// Those without gain come after the functions that are not leaders.
enum class Tier { kNoGain, kNoLeader, kSlackPossible, kGain };
Tier TierOf(const model::CurveFinding& curve) {
  if (model::IsWithoutGain(curve)) return Tier::kNoGain;
  return model::MayHaveSlack(curve) ? Tier::kSlackPossible : Tier::kGain;
}

// By tier, then by RankKey.
void RankLeaders(const std::vector<Subject>& leaders, std::vector<model::Result>* functions) {
  const auto rank_key = [&](const model::Result& result) {
    const bool is_leader = std::any_of(leaders.begin(), leaders.end(), [&](const Subject& leader) {
      return leader.name == result.name;
    });
    if (!is_leader) return std::pair(Tier::kNoLeader, RankKey());
    return std::pair(TierOf(result.curve), RankKeyOf(result));
  };
  std::stable_sort(functions->begin(), functions->end(),
                   [&](const auto& a, const auto& b) { return rank_key(a) > rank_key(b); });
}

// The leaders in the order of the ranking; by gain if own time was not measured. If one may gain,
// those without gain are left out.
std::vector<model::Priority> PrioritiesOf(const std::vector<Subject>& leaders,
                                          std::vector<model::Result>* functions) {
  const bool any_gain = std::any_of(leaders.begin(), leaders.end(), [&](const Subject& leader) {
    return MayGain(functions, leader);
  });
  std::vector<std::pair<std::pair<Tier, RankKey>, model::Priority>> keyed;
  for (const Subject& leader : leaders) {
    const model::Result* result = ResultIn(functions, leader);
    if (result == nullptr || (any_gain && !MayGain(functions, leader))) continue;
    model::Priority priority = model::PriorityOf(*result);
    const double gain = priority.prediction.has_value() ? priority.prediction->gain->value : 0;
    keyed.emplace_back(
        std::pair(TierOf(result->curve), RankKey{RankKeyOf(*result).saving_seconds, gain}),
        std::move(priority));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<model::Priority> priorities;
  for (auto& [key, priority] : keyed) priorities.push_back(std::move(priority));
  return priorities;
}

// Adds those of `subjects` that have no result: there was no time for the curve of the only one.
void AddNotTried(const Baseline& baseline, const std::vector<Subject>& subjects,
                 std::vector<model::Result>* functions) {
  for (const Subject& subject : subjects) {
    if (ResultIn(functions, subject) != nullptr) continue;
    functions->push_back(
        ResultWithout(subject, baseline.control_seconds, model::Reason::Kind::kNotTried));
  }
}

// Finds the functions with an effect, and ranks them.
absl::Status FindFunctions(const StepContext& context, const Baseline& baseline,
                           const std::vector<Subject>& subjects, std::vector<Subject>* found,
                           FocusResult* result) {
  if (subjects.size() == 1) {
    *found = subjects;
    return absl::OkStatus();
  }
  Comparison comparison = Compare(context, baseline, "functions", subjects,
                                  {.budget_share = kFocusShare,
                                   .max_found_alone = kMaxLeaders,
                                   .later = TrialsOfCurves(context.settings, subjects.size())});
  for (size_t i = 0; i < comparison.results.size(); ++i) {
    if (comparison.leads[i]) found->push_back(subjects[comparison.subject_of[i]]);
  }
  result->functions = std::move(comparison.results);
  return comparison.status;
}

}  // namespace

FocusResult FocusOnFunctions(const StepContext& context, const CountResult& count,
                             const Baseline& baseline, const std::vector<Subject>& subsystems) {
  FocusResult result;
  model::StepSummary summary;
  summary.step = model::Step::kFocus;
  summary.outcome = Outcome::kRanked;
  summary.next = model::StepSummary::Next::kLastStep;
  const std::vector<CalledFunction> candidates = Candidates(count, subsystems);
  Subjects functions = FunctionsOf(candidates, count.counted, count.units);
  SetOwnTrials(count.own_trial_seconds, count.everything.all_calls_per_unit, &functions);
  NameSubsystems(candidates, subsystems, &functions);
  std::vector<model::Result> left_out;
  std::vector<Subject> subjects =
      Eligible(context.settings, baseline, functions.subjects, &left_out);
  const Outcome none = subjects.empty() ? Outcome::kNothingToCompare : Outcome::kNoTime;
  subjects = WithinTime(context, baseline, UntilSeconds(context, kFocusShare), std::move(subjects),
                        &left_out);
  if (subjects.empty()) {
    result.functions = std::move(left_out);
    summary.outcome = none;
    summary.next = model::StepSummary::Next::kNothingToCompare;
    result.summary = summary;
    return result;
  }
  result.status = context.conductor.Prepare(functions.setup);
  if (!result.status.ok()) return result;
  context.observer.LaterParts(TrialsOfSmallDoses(context.settings, subjects.size()) +
                              TrialsOfCurves(context.settings, subjects.size()));
  std::vector<Subject> found;
  std::vector<Subject> leaders;
  result.status = FindFunctions(context, baseline, subjects, &found, &result);
  context.observer.LaterParts(TrialsAfterCurves(context.settings));
  if (result.status.ok()) {
    result.status = MeasureLeaders(context, baseline, found, &leaders, &result.functions);
  }
  RankLeaders(leaders, &result.functions);
  result.priorities = result.status.ok() ? PrioritiesOf(leaders, &result.functions)
                                         : std::vector<model::Priority>();
  if (result.functions.empty()) {
    summary.outcome = Outcome::kNoTime;
    summary.next = model::StepSummary::Next::kNothingToCompare;
  }
  if (result.status.ok()) AddNotTried(baseline, subjects, &result.functions);
  for (model::Result& one : left_out) result.functions.push_back(std::move(one));
  if (!result.priorities.empty()) {
    const auto first = std::find_if(leaders.begin(), leaders.end(), [&](const Subject& leader) {
      return leader.name == result.priorities.front().name;
    });
    if (first != leaders.end()) result.first = *first;
  }
  context.observer.LaterParts(TrialsOfParts(context.settings, context.settings.steps.parts()));
  if (context.settings.steps.gil && result.first.has_value()) {
    result.status =
        CompareGilModes(context, baseline, "GIL, first function", *result.first,
                        UntilOfGil(context), ResultIn(&result.functions, *result.first));
  }
  if (context.settings.steps.sites && result.first.has_value()) {
    summary.next = model::StepSummary::Next::kSites;
    summary.names = {result.first->name};
  } else if (context.settings.steps.lines && result.first.has_value()) {
    summary.next = model::StepSummary::Next::kLines;
    summary.function = result.first->name;
  }
  if (result.status.ok()) result.summary = summary;
  return result;
}

}  // namespace pyslow::steps
