#include "sweep/steps/compare.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/arms.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/curves.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/tested.h"

namespace pyslow::steps {

model::Result ResultOf(const Subject& subject) {
  model::Result result;
  result.kind = subject.kind;
  result.name = subject.name;
  result.group = subject.subsystem;
  result.function = subject.function;
  result.own_seconds_per_unit = OwnSecondsOf(subject.own_seconds_per_unit);
  return result;
}

model::Result ResultWithout(const Subject& subject, model::Reason::Kind kind) {
  model::Result result = ResultOf(subject);
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
    // Elastic calls: the change of T over the planned dose.
    share = curve.critical_calls.value / curve.calls_per_unit->value;
  }
  share = std::max(share, 0.0);
  return {share * result.own_seconds_per_unit, share};
}

namespace {

// R19: the upper end of what removing the subject's own time could gain; nullopt: unknown.
std::optional<double> GainBoundOf(const Subject& subject, const Baseline& baseline) {
  if (subject.own_seconds_per_unit.empty()) return std::nullopt;
  const model::Estimate own = statistics::MeanOfBlocks(subject.own_seconds_per_unit);
  return statistics::LargestGain(own.range.has_value() ? own.range->high : own.value,
                                 baseline.control_seconds);
}

// The trials of a comparison, and what they say of each subject.
struct Arms {
  BlockedTrials trials;  // arm 0 is the control, arm i + 1 the subject i
  std::vector<int64_t> per_call_ns;
  std::vector<statistics::ArmFinding> findings;
};

std::vector<CurveArm> CurveArmsOf(const Arms& arms, size_t subject) {
  return {{0, 0}, {subject + 1, arms.per_call_ns[subject]}};
}

// Controls first, then each undecided subject.
std::vector<size_t> NextBlock(const Arms& arms) {
  std::vector<size_t> undecided;
  for (size_t i = 0; i < arms.findings.size(); ++i) {
    if (!arms.findings[i].is_decided()) undecided.push_back(i + 1);
  }
  std::vector<size_t> block(undecided.empty() ? 0 : statistics::ControlsOf(undecided.size()), 0);
  block.insert(block.end(), undecided.begin(), undecided.end());
  return block;
}

// R20's input. The dose is that of one process, if several share the calls.
statistics::ArmObservation ObservationOf(const StepContext& context, const Arms& arms,
                                         const std::vector<Subject>& subjects, size_t block,
                                         const ArmTrial& one) {
  const Subject& subject = subjects[one.arm == 0 ? 0 : one.arm - 1];
  const int64_t ns = one.arm == 0 ? 0 : arms.per_call_ns[one.arm - 1];
  const statistics::Observation seen = Observe(one.trial, subject, ns, context.settings);
  statistics::ArmObservation observation;
  observation.block = block;
  if (one.arm > 0) observation.arm = one.arm - 1;
  observation.seconds_per_unit = seen.seconds_per_unit;
  // If the calls were not counted, the planned dose.
  observation.dose_seconds = statistics::DoseSeconds(seen).value_or(subject.calls_per_unit *
                                                                    statistics::DelaySeconds(seen));
  observation.waited_seconds = seen.waited_seconds;
  observation.calm = seen.calm;
  return observation;
}

void JudgeUndecided(const StepContext& context, const std::vector<Subject>& subjects,
                    statistics::ArmLimits limits, Arms* arms) {
  std::vector<statistics::ArmObservation> observations;
  for (size_t b = 0; b < arms->trials.blocks.size(); ++b) {
    for (const ArmTrial& one : arms->trials.blocks[b]) {
      if (one.is_replaced) continue;
      observations.push_back(ObservationOf(context, *arms, subjects, b, one));
    }
  }
  for (size_t i = 0; i < subjects.size(); ++i) {
    const double processes = statistics::CallsOf(Observe(arms->trials, CurveArmsOf(*arms, i),
                                                         subjects[i], context.settings))
                                 .processes;
    for (statistics::ArmObservation& one : observations) {
      if (one.arm == i) one.dose_seconds /= processes;
    }
  }
  limits.grid_seconds = GridOf(arms->trials);
  std::vector<statistics::ArmFinding> findings =
      statistics::JudgeArms(observations, subjects.size(), limits);
  for (size_t i = 0; i < subjects.size(); ++i) {
    if (!arms->findings[i].is_decided()) arms->findings[i] = findings[i];
  }
}

absl::Status RunArms(const StepContext& context, const std::string& part,
                     const std::vector<Subject>& subjects, double until_seconds, Arms* arms) {
  constexpr size_t kMinBlocks = 2;
  const Settings& settings = context.settings;
  std::vector<size_t> looks(statistics::kArmLooks.begin(), statistics::kArmLooks.end());
  if (settings.blocks.has_value()) looks = {*settings.blocks};
  statistics::ArmLimits limits;
  limits.subjects = subjects.size();
  limits.looks = looks.size();
  Conductor& conductor = context.conductor;
  context.observer.PartBegins(part, NextBlock(*arms).size() * std::min(kMinBlocks, looks.back()));
  for (const size_t look : looks) {
    bool has_time = true;
    while (arms->trials.blocks.size() < look && has_time) {
      const std::vector<size_t> block = NextBlock(*arms);
      if (block.empty()) return absl::OkStatus();
      const double seconds = conductor.MeanTrialSeconds() * static_cast<double>(block.size());
      has_time = settings.blocks.has_value() || arms->trials.blocks.size() < kMinBlocks ||
                 conductor.seconds() + seconds <= until_seconds;
      absl::Status status;
      if (has_time) status = conductor.RunBlock(part, block, false, &arms->trials);
      if (!status.ok()) {
        JudgeUndecided(context, subjects, limits, arms);
        return status;
      }
    }
    absl::Status status = RepeatStalls(context, &arms->trials);
    JudgeUndecided(context, subjects, limits, arms);
    if (!status.ok() || !has_time) return status;
  }
  return absl::OkStatus();
}

model::Result ResultOfArm(const StepContext& context, const Subject& subject, const Arms& arms,
                          size_t index) {
  model::Result result = ResultOf(subject);
  const std::vector<statistics::Block> blocks =
      Observe(arms.trials, CurveArmsOf(arms, index), subject, context.settings);
  const std::vector<int64_t> delays = statistics::DelaysOf(blocks);
  const statistics::ArmFinding& finding = arms.findings[index];
  if (delays.size() < 2 || delays.front() != 0 || finding.trials == 0) return result;
  result.curve = finding.dose_seconds > 0
                     ? statistics::JudgeArm(blocks, finding, OptionsFor(context.settings, subject))
                     : Judge(context.settings, subject, blocks);
  WithholdUntested(context.settings, subject, arms.trials, CurveArmsOf(arms, index), &result.curve);
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
      results->push_back(ResultWithout(subject, model::Reason::Kind::kNeverCalled));
    } else if (bound.has_value() && *bound < settings.min_gain) {
      results->push_back(ResultWithout(subject, model::Reason::Kind::kLittleToGain));
      results->back().curve.gain_bound = bound;
    } else {
      eligible.push_back(subject);
    }
  }
  return eligible;
}

Comparison Compare(const StepContext& context, const Baseline& baseline, const std::string& part,
                   const std::vector<Subject>& subjects, double until_seconds) {
  const Settings& settings = context.settings;
  const double dose =
      statistics::ArmDose(baseline.control_seconds, baseline.noise, settings.max_slowdown);
  Arms arms;
  arms.trials.arms.push_back({"control", true, {}});
  arms.findings.resize(subjects.size());
  for (const Subject& subject : subjects) {
    const CallDelay delay = DelayFor(subject, dose, settings.frequency);
    arms.per_call_ns.push_back(delay.per_call_ns);
    arms.trials.arms.push_back(
        ArmOf(absl::StrCat(subject.name, " by ", FormatTimeNs(delay.per_call_ns), " a call"),
              subject, delay));
  }
  Comparison comparison;
  comparison.status = RunArms(context, part, subjects, until_seconds, &arms);
  std::vector<model::Result> results;
  for (size_t i = 0; i < subjects.size(); ++i) {
    results.push_back(ResultOfArm(context, subjects[i], arms, i));
  }
  std::vector<size_t> order(subjects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return RankKeyOf(results[a]) > RankKeyOf(results[b]);
  });
  for (const size_t i : order) {
    comparison.results.push_back(std::move(results[i]));
    comparison.subject_of.push_back(i);
    comparison.found.push_back(arms.findings[i].is_found());
  }
  return comparison;
}

}  // namespace pyslow::steps
