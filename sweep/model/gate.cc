#include "sweep/model/gate.h"

namespace pyslow::model {
namespace {

enum class Answer { kHolds, kFails, kOpen };

Answer AnswerOf(const Gate& gate, const Estimate& estimate) {
  if (!estimate.range.has_value()) return Answer::kOpen;
  const Range& range = *estimate.range;
  const bool is_below = range.high < gate.limit;
  const bool is_above = range.low > gate.limit;
  if (gate.is_below ? is_below : is_above) return Answer::kHolds;
  if (gate.is_below ? is_above : is_below) return Answer::kFails;
  return Answer::kOpen;
}

Answer AnswerOf(const Gate& gate, Verdict verdict) {
  if (verdict == gate.verdict) return Answer::kHolds;
  return IsDecided(verdict) ? Answer::kFails : Answer::kOpen;
}

std::optional<Estimate> FigureOf(const Gate& gate, const CurveFinding& curve) {
  switch (gate.figure) {
    case Gate::Figure::kChange:
      return curve.change_at_largest_dose;
    case Gate::Figure::kKappa:
      return curve.kappa;
    case Gate::Figure::kCriticalCalls:
      if (curve.levels.size() < 2) return std::nullopt;
      return curve.critical_calls;
    case Gate::Figure::kSlack:
      return curve.slack_seconds_per_call;
    case Gate::Figure::kGil:
    case Gate::Figure::kTime:
    case Gate::Figure::kVerdict:
    case Gate::Figure::kOutcome:
      break;
  }
  return std::nullopt;
}

void Add(Answer answer, const GateCase& one, GateJudgement* judgement) {
  ++judgement->judged;
  if (answer == Answer::kHolds) judgement->holds.push_back(one);
  if (answer == Answer::kOpen) judgement->open.push_back(one);
}

void JudgeResult(const Gate& gate, const Result& result, GateJudgement* judgement) {
  if (gate.figure == Gate::Figure::kVerdict) {
    Add(AnswerOf(gate, result.curve.verdict()), {&result, false, std::nullopt}, judgement);
    return;
  }
  if (gate.figure == Gate::Figure::kGil) {
    if (!result.gil.has_value()) return;
    const std::optional<Estimate>& share = result.gil->share;
    Add(share.has_value() ? AnswerOf(gate, *share) : Answer::kOpen, {&result, false, share},
        judgement);
    return;
  }
  const std::optional<Estimate> estimate = FigureOf(gate, result.curve);
  if (estimate.has_value()) Add(AnswerOf(gate, *estimate), {&result, false, estimate}, judgement);
}

// The change and the outcome of a comparison.
void JudgeComparison(const Gate& gate, const VersionTimes& times, GateJudgement* judgement) {
  if (gate.figure == Gate::Figure::kChange) {
    Add(AnswerOf(gate, times.change), {nullptr, true, times.change}, judgement);
    return;
  }
  const Answer open =
      times.outcome == VersionTimes::Outcome::kUndecided ? Answer::kOpen : Answer::kFails;
  Add(times.outcome == gate.outcome ? Answer::kHolds : open, {nullptr, true, times.change},
      judgement);
}

}  // namespace

GateJudgement Judge(const Gate& gate, const Findings& findings) {
  GateJudgement judgement;
  if (gate.figure == Gate::Figure::kTime) {
    if (findings.control.has_value()) {
      const Estimate& time = findings.control->seconds_per_unit;
      Add(AnswerOf(gate, time), {nullptr, false, time}, &judgement);
    }
    return judgement;
  }
  const bool is_comparisons = gate.figure == Gate::Figure::kOutcome ||
                              (gate.figure == Gate::Figure::kChange && findings.compares_versions);
  if (is_comparisons) {
    const VersionTimes* const times =
        findings.comparison.has_value() ? findings.comparison->answer() : nullptr;
    if (times != nullptr) JudgeComparison(gate, *times, &judgement);
    return judgement;
  }
  for (const Result* const result : ResultsOf(findings)) JudgeResult(gate, *result, &judgement);
  return judgement;
}

}  // namespace pyslow::model
