#include "sweep/steps/compare.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/line.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {

render::Result ResultOf(const Subject& subject) {
  render::Result result;
  result.name = subject.name;
  result.group = subject.subsystem;
  if (subject.function.has_value()) {
    result.file = subject.function->file;
    result.first_line = subject.function->first_line;
  }
  result.own_seconds_per_unit = OwnSecondsOf(subject.own_seconds_per_unit);
  return result;
}

Worth WorthOf(const render::Result& result) {
  const statistics::CurveFinding& curve = result.curve;
  double share = 0;
  if (!curve.no_gain.empty()) {
    share = 0;
  } else if (curve.kappa.has_value()) {
    share = curve.kappa->value;
  } else if (curve.calls_per_unit.has_value() && curve.calls_per_unit->value > 0) {
    // The calls move with the delay: the change of T over the dose that was planned.
    share = curve.critical_calls.value / curve.calls_per_unit->value;
  }
  share = std::max(share, 0.0);
  return {share * result.own_seconds_per_unit, share};
}

std::vector<Subject> Eligible(const State& state, const std::vector<Subject>& subjects,
                              std::vector<render::Result>* results) {
  std::vector<Subject> eligible;
  for (const Subject& subject : subjects) {
    if (subject.calls_per_unit > 0 &&
        !statistics::HasTooFewCalls(subject.calls_per_unit, state.control_seconds)) {
      eligible.push_back(subject);
      continue;
    }
    render::Result result = ResultOf(subject);
    if (subject.calls_per_unit > 0) {
      result.curve.verdict = statistics::Verdict::kInconclusive;
      result.curve.why = kTooFewCalls;
      result.curve.calls_per_unit = statistics::Estimate{subject.calls_per_unit, std::nullopt};
    } else {
      result.curve.verdict = statistics::Verdict::kUntested;
      result.curve.why = "never called in the window";
    }
    results->push_back(std::move(result));
  }
  return eligible;
}

absl::Status Compare(State* state, const std::string& part, const std::vector<Subject>& subjects,
                     double share, Comparison* comparison) {
  BlockedTrials trials;
  trials.arms.push_back({"control", true, {}});
  const double dose = std::min(state->control_seconds, state->most_dose_seconds);
  std::vector<int64_t> per_call_ns;
  for (const Subject& subject : subjects) {
    const CallDelay delay = DelayFor(subject, dose, state->settings.frequency);
    per_call_ns.push_back(delay.per_call_ns);
    trials.arms.push_back(
        ArmOf(absl::StrCat(subject.name, " by ", FormatTimeNs(delay.per_call_ns), " a call"),
              subject, delay));
  }
  absl::Status status = state->conductor.RunBlocks(
      part, BlocksFor(*state, statistics::kFewestBlocks, trials.arms.size(), share), &trials);
  if (trials.blocks.empty()) return status;

  std::vector<render::Result> results;
  std::vector<bool> found;
  for (size_t i = 0; i < subjects.size(); ++i) {
    render::Result result = ResultOf(subjects[i]);
    const std::vector<statistics::Block> blocks =
        Observe(trials, {0, i + 1}, {0, per_call_ns[i]}, subjects[i], state->settings);
    result.curve = Judge(*state, subjects[i], blocks, trials);
    // Of many harmless subjects none shall be found: Bonferroni's share of 5% for each.
    const double strict = 1 - 0.05 / static_cast<double>(subjects.size());
    const std::optional<statistics::Range> slope = statistics::FitDelay(blocks, strict).slope.range;
    found.push_back(trials.IsCalm() && slope.has_value() && slope->low > 0);
    results.push_back(std::move(result));
  }
  std::vector<size_t> order(subjects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return WorthOf(results[a]) > WorthOf(results[b]); });
  for (const size_t i : order) {
    comparison->results.push_back(results[i]);
    comparison->subject_of.push_back(i);
    comparison->found.push_back(found[i]);
  }
  return status;
}

}  // namespace pyslow::steps
