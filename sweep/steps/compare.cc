#include "sweep/steps/compare.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/line.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/observe.h"

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
  model::WithholdVerdict(std::move(reason), &result.curve);
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

std::vector<Subject> Eligible(const Baseline& baseline, const std::vector<Subject>& subjects,
                              std::vector<model::Result>* results) {
  std::vector<Subject> eligible;
  for (const Subject& subject : subjects) {
    if (subject.calls_per_unit <= 0) {
      results->push_back(ResultWithout(subject, model::Reason::Kind::kNeverCalled));
    } else if (statistics::HasTooFewCalls(subject.calls_per_unit, baseline.control_seconds)) {
      results->push_back(ResultWithout(subject, model::Reason::Kind::kTooFewCalls));
    } else {
      eligible.push_back(subject);
    }
  }
  return eligible;
}

Comparison Compare(const StepContext& context, const Baseline& baseline, const std::string& part,
                   const std::vector<Subject>& subjects, double share) {
  Comparison comparison;
  BlockedTrials trials;
  trials.arms.push_back({"control", true, {}});
  const double dose = std::min(baseline.control_seconds, baseline.max_dose_seconds);
  std::vector<int64_t> per_call_ns;
  for (const Subject& subject : subjects) {
    const CallDelay delay = DelayFor(subject, dose, context.settings.frequency);
    per_call_ns.push_back(delay.per_call_ns);
    trials.arms.push_back(
        ArmOf(absl::StrCat(subject.name, " by ", FormatTimeNs(delay.per_call_ns), " a call"),
              subject, delay));
  }
  comparison.status = context.conductor.RunBlocks(
      part, BlocksFor(context, statistics::kMinBlocks, trials.arms.size(), share), &trials);
  if (trials.blocks.empty()) return comparison;

  std::vector<model::Result> results;
  std::vector<bool> found;
  for (size_t i = 0; i < subjects.size(); ++i) {
    model::Result result = ResultOf(subjects[i]);
    const std::vector<statistics::Block> blocks =
        Observe(trials, {0, i + 1}, {0, per_call_ns[i]}, subjects[i], context.settings);
    result.curve = Judge(context.settings, subjects[i], blocks, trials);
    // Bonferroni: 5% for all subjects together.
    const double confidence = 1 - 0.05 / static_cast<double>(subjects.size());
    const std::optional<model::Range> slope = statistics::FitDelay(blocks, confidence).slope.range;
    found.push_back(trials.IsCalm() && slope.has_value() && slope->low > 0);
    results.push_back(std::move(result));
  }
  std::vector<size_t> order(subjects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return RankKeyOf(results[a]) > RankKeyOf(results[b]);
  });
  for (const size_t i : order) {
    comparison.results.push_back(std::move(results[i]));
    comparison.subject_of.push_back(i);
    comparison.found.push_back(found[i]);
  }
  return comparison;
}

}  // namespace pyslow::steps
