#include "sweep/steps/compare.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "sweep/statistics/arms.h"
#include "sweep/steps/arm_trials.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/tested.h"

namespace pyslow::steps {

model::Result ResultOf(const Subject& subject, double control_seconds) {
  model::Result result;
  result.kind = subject.kind;
  result.name = subject.name;
  result.group = subject.subsystem;
  result.function = subject.function;
  result.lines = subject.lines;
  result.own_seconds_per_unit = OwnTimeIn(subject, control_seconds).value;
  return result;
}

model::Result ResultWithout(const Subject& subject, double control_seconds,
                            model::Reason::Kind kind) {
  model::Result result = ResultOf(subject, control_seconds);
  if (subject.calls_per_unit > 0) {
    result.curve.calls_per_unit = model::Estimate{subject.calls_per_unit, std::nullopt};
  }
  model::Reason reason;
  reason.kind = kind;
  model::WithholdVerdict(reason, &result.curve);
  return result;
}

RankKey RankKeyOf(const model::Result& result) {
  const model::CurveFinding& curve = result.curve;
  double share = 0;
  if (model::IsWithoutGain(curve)) {
    share = 0;
  } else if (curve.kappa.has_value()) {
    share = curve.kappa->value;
  } else if (curve.calls_per_unit.has_value() && curve.calls_per_unit->value > 0) {
    // The change of T over the planned dose.
    share = curve.critical_calls.value / curve.calls_per_unit->value;
  }
  share = std::max(share, 0.0);
  return {share * result.own_seconds_per_unit, share};
}

namespace {

// R19: the upper end of what removing the subject's own time could gain if the share `kappa` of it
// counts; nullopt: unknown.
std::optional<double> GainBoundOf(const Subject& subject, const Baseline& baseline,
                                  double kappa = 1) {
  if (subject.own_seconds_per_unit.empty()) return std::nullopt;
  const model::Estimate own = OwnTimeIn(subject, baseline.control_seconds);
  return statistics::LargestGain(own.range.has_value() ? own.range->high : own.value,
                                 baseline.control_seconds, kappa);
}

// Whether slowing the subject slows the unit, or seems to, and it may be worth it (R19).
bool MayLead(const Settings& settings, const Baseline& baseline, const Subject& subject,
             const statistics::ArmFinding& finding) {
  if (!finding.is_found() && !finding.may_count()) return false;
  const std::optional<double> bound = GainBoundOf(subject, baseline, finding.kappa.range->high);
  return !bound.has_value() || *bound >= settings.min_gain;
}

// Whether the curve of all calls shows that this subject's count from the shortest delay on: they
// are too large a part of all to be what does not count.
bool CountsWithAll(const Subject& subject, const Baseline& baseline) {
  constexpr double kClearly = 2;
  return baseline.counting_share > 0 && subject.calls_per_unit > kClearly *
                                                                     (1 - baseline.counting_share) *
                                                                     baseline.all_calls_per_unit;
}

// R22. Adds a small dose of each found subject that may lead. False if there is none.
bool AddSmallDoses(const Settings& settings, const Baseline& baseline,
                   const std::vector<double>& doses, ArmTrials* arms) {
  const size_t large = arms->arms.size();
  for (size_t i = 0; i < large; ++i) {
    const ComparedArm& arm = arms->arms[i];
    const Subject& subject = arms->subjects[arm.subject];
    if (!arm.finding.is_found() || CountsWithAll(subject, baseline)) continue;
    if (!MayLead(settings, baseline, subject, arm.finding)) continue;
    const double noise = std::max(arm.finding.noise, baseline.noise * baseline.control_seconds);
    const double small = statistics::SmallDose(OwnTimeIn(subject, baseline.control_seconds).value,
                                               baseline.control_seconds, noise, doses[arm.subject]);
    arms->Add(settings, arm.subject, small, i);
  }
  return arms->arms.size() > large;
}

// The arm of the small dose of a subject; nullptr if it has none.
const ComparedArm* SmallArmOf(const ArmTrials& arms, size_t subject) {
  for (const ComparedArm& arm : arms.arms) {
    if (arm.large.has_value() && arm.subject == subject) return &arm;
  }
  return nullptr;
}

model::Result ResultOfArms(const StepContext& context, const Baseline& baseline,
                           const ArmTrials& arms, size_t index) {
  const Subject& subject = arms.subjects[index];
  model::Result result = ResultOf(subject, baseline.control_seconds);
  const std::vector<CurveArm> curve_arms = arms.CurveArmsOf(index);
  const std::vector<statistics::Block> blocks =
      Observe(arms.trials, curve_arms, subject, context.settings);
  const std::vector<int64_t> delays = statistics::DelaysOf(blocks);
  const statistics::ArmFinding& finding = arms.arms[index].finding;
  if (delays.size() < 2 || delays.front() != 0 || finding.trials == 0) return result;
  if (finding.dose_seconds <= 0) {
    result.curve = Judge(context.settings, subject, blocks);
  } else {
    const ComparedArm* const small = SmallArmOf(arms, index);
    statistics::JudgeOptions options =
        OptionsFor(context.settings, subject, statistics::ControlTimesOf(blocks).mean);
    options.subjects = arms.subjects.size();
    result.curve = statistics::JudgeArm(
        blocks, finding, small != nullptr ? small->now : statistics::Now::kUnknown, options);
  }
  WithholdUntested(context.settings, subject, arms.trials, curve_arms, &result.curve);
  return result;
}

}  // namespace

std::vector<Subject> Eligible(const Settings& settings, const Baseline& baseline,
                              const std::vector<Subject>& subjects,
                              std::vector<model::Result>* results) {
  std::vector<Subject> eligible;
  for (const Subject& subject : subjects) {
    const std::optional<double> bound = GainBoundOf(subject, baseline);
    if (subject.calls_per_unit <= 0) {
      results->push_back(
          ResultWithout(subject, baseline.control_seconds, model::Reason::Kind::kNeverCalled));
    } else if (bound.has_value() && *bound < settings.min_gain) {
      results->push_back(
          ResultWithout(subject, baseline.control_seconds, model::Reason::Kind::kLittleToGain));
      results->back().curve.gain_bound = bound;
    } else {
      eligible.push_back(subject);
    }
  }
  return eligible;
}

std::vector<Subject> WithinTime(const StepContext& context, const Baseline& baseline,
                                double until_seconds, std::vector<Subject> subjects,
                                std::vector<model::Result>* results) {
  constexpr size_t kLeast = 2;
  // The trials before had smaller doses in the mean: a dose of T0 makes a trial twice as long.
  constexpr double kLonger = 1.4;
  const double used = context.conductor.seconds();
  const auto needed = [&](size_t arms) {
    const size_t block = arms + statistics::ControlsOf(arms);
    return kLonger * context.conductor.TrialSeconds() *
           static_cast<double>(statistics::BlocksToJudge(arms) * block);
  };
  size_t count = std::min(subjects.size(), kMaxCompared);
  while (count > kLeast && needed(count) > until_seconds - used) --count;
  if (count <= kLeast && needed(count) > BudgetSecondsOf(context.settings) - used) count = 0;
  absl::c_stable_sort(subjects, [](const Subject& a, const Subject& b) {
    const auto size = [](const Subject& one) {
      return std::pair(FirstOwnSecondsOf(one.own_seconds_per_unit), one.calls_per_unit);
    };
    return size(a) > size(b);
  });
  for (size_t i = count; i < subjects.size(); ++i) {
    results->push_back(
        ResultWithout(subjects[i], baseline.control_seconds, model::Reason::Kind::kNotTried));
  }
  subjects.resize(count);
  return subjects;
}

Comparison Compare(const StepContext& context, const Baseline& baseline, const std::string& part,
                   const std::vector<Subject>& subjects, const CompareOptions& options) {
  const Settings& settings = context.settings;
  const double usual =
      statistics::ArmDose(baseline.control_seconds, baseline.noise, settings.max_slowdown);
  std::vector<double> doses;
  ArmTrials arms(subjects);
  for (size_t i = 0; i < subjects.size(); ++i) {
    doses.push_back(DoseOf(settings, subjects[i], usual, baseline.max_dose_seconds));
    arms.Add(settings, i, doses.back());
  }
  const auto leads = [&](const ComparedArm& arm) {
    return MayLead(settings, baseline, subjects[arm.subject], arm.finding);
  };
  const ArmBlocks large = {.part = part, .least = statistics::BlocksToJudge(subjects.size())};
  Comparison comparison;
  comparison.status = RunArms(context, large, UntilSeconds(context, options.budget_share), &arms);
  if (comparison.status.ok() && options.may_use_all && absl::c_none_of(arms.arms, leads)) {
    // The next step would have nothing to examine: its time is better used here.
    comparison.status = RunArms(context, large, UntilSeconds(context, 1), &arms);
  }
  const auto found = static_cast<size_t>(absl::c_count_if(
      arms.arms, [&](const ComparedArm& arm) { return arm.finding.is_found() && leads(arm); }));
  if (comparison.status.ok() && found > options.max_found_alone &&
      AddSmallDoses(settings, baseline, doses, &arms)) {
    const ArmBlocks small = {.part = absl::StrCat(part, " now"),
                             .before = arms.trials.blocks.size()};
    if (options.later.has_value()) context.observer.LaterParts(*options.later);
    comparison.status =
        RunArms(context, small, UntilSeconds(context, options.budget_share / 2), &arms);
    // A replayed sweep may be of a version without small doses.
    if (context.conductor.LacksTrial(comparison.status)) comparison.status = absl::OkStatus();
  }
  std::vector<model::Result> results;
  for (size_t i = 0; i < subjects.size(); ++i) {
    results.push_back(ResultOfArms(context, baseline, arms, i));
  }
  std::vector<size_t> order(subjects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return RankKeyOf(results[a]) > RankKeyOf(results[b]);
  });
  for (const size_t i : order) {
    comparison.leads.push_back(MayLead(settings, baseline, subjects[i], arms.arms[i].finding));
    comparison.results.push_back(std::move(results[i]));
    comparison.subject_of.push_back(i);
  }
  return comparison;
}

}  // namespace pyslow::steps
