#include "sweep/render/words.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "sweep/render/figures.h"
#include "sweep/render/reason_words.h"

namespace pyslow::render {

using model::CurveFinding;
using model::Estimate;
using model::Level;
using model::Prediction;
using model::Range;
using model::Reason;
using model::Result;
using model::Shape;
using model::Verdict;

namespace {

// The subject of a sentence.
struct SubjectText {
  std::string at_start;
  std::string inside;
};

SubjectText SubjectOf(const Result& result) {
  switch (result.kind) {
    case model::SubjectKind::kAllPython:
      return {"Python", "Python"};
    case model::SubjectKind::kAllTargets:
      return {"The targeted code", "the targeted code"};
    case model::SubjectKind::kGroup:
    case model::SubjectKind::kFunction:
      break;
  }
  return {NameText(result), NameText(result)};
}

// The ratio by which throughput falls if T grows from `before` by `more`.
double Loss(double before, double more) { return more / (before + more); }

Estimate LossAt(const CurveFinding& curve, double delay_seconds) {
  const double control = curve.control.value;
  const Shape& shape = curve.shape;
  Estimate loss{Loss(control, shape.At(delay_seconds) - shape.intercept), std::nullopt};
  if (shape.kind == Shape::Kind::kLine && curve.critical_calls.range.has_value()) {
    const Range n = *curve.critical_calls.range;
    loss.value = Loss(control, curve.critical_calls.value * delay_seconds);
    loss.range = Range{Loss(control, n.low * delay_seconds), Loss(control, n.high * delay_seconds)};
  }
  return loss;
}

// Whether a subject with the verdict "none" has an effect, which is too small to count (R5).
bool IsNearlyHidden(const CurveFinding& curve) {
  return model::ExcludesZero(curve.change_at_largest_dose);
}

// `phrase` after `separator`; "" if there is no phrase.
std::string After(absl::string_view separator, absl::string_view phrase) {
  return phrase.empty() ? "" : absl::StrCat(separator, phrase);
}

std::string CostPhrase(const CurveFinding& curve) {
  const std::optional<Cost> cost = CostOfDelay(curve);
  if (!cost.has_value()) return "";
  return absl::StrCat(DelayText(cost->delay_ns), " more per call costs ", PercentText(cost->share));
}

// The part of the added time that reaches the clock, or the critical calls if κ is withheld.
std::string SharePhrase(const CurveFinding& curve, absl::string_view unit) {
  if (curve.kappa.has_value()) {
    return absl::StrCat(PercentText(*curve.kappa), " of the added time reaches the clock");
  }
  return absl::StrCat(EstimateText(curve.critical_calls), " calls of a ", unit,
                      " are on the critical path");
}

std::string PerProcessPhrase(const CurveFinding& curve) {
  if (!curve.kappa_per_process.has_value()) return "";
  return absl::StrCat("the processes that share the calls work side by side: ",
                      PercentText(*curve.kappa_per_process), " in each");
}

std::string LinearSentence(const SubjectText& subject, const CurveFinding& curve) {
  std::string detail = CostPhrase(curve);
  if (detail.empty()) detail = ReasonPhrase(curve.reason);
  return absl::StrCat(subject.at_start, " is on the critical path: ", detail,
                      After("; ", PerProcessPhrase(curve)));
}

std::string SubLinearSentence(const SubjectText& subject, const CurveFinding& curve,
                              absl::string_view unit) {
  if (curve.reason.kind == Reason::Kind::kGrowing) {
    return absl::StrCat(subject.at_start, " costs more with each further delay",
                        After(": ", CostPhrase(curve)));
  }
  return absl::StrCat(subject.at_start,
                      " is partly on the critical path: ", SharePhrase(curve, unit),
                      After("; ", CostPhrase(curve)), After("; ", PerProcessPhrase(curve)));
}

std::string ThresholdSentence(const SubjectText& subject, const CurveFinding& curve,
                              absl::string_view unit) {
  const auto& per_unit = curve.slack_seconds_per_unit;
  const auto& per_call = curve.slack_seconds_per_call;
  std::string slack;
  if (per_unit.has_value()) slack = absl::StrCat(SecondsText(*per_unit), " per ", unit);
  if (per_call.has_value()) {
    absl::StrAppend(&slack, slack.empty() ? "" : ", ", SecondsText(*per_call), " per call");
  }
  if (curve.least_slack_seconds_per_call.has_value()) {
    slack =
        absl::StrCat("at least ", SecondsText(*curve.least_slack_seconds_per_call), " per call");
  }
  std::string text = absl::StrCat(subject.at_start, " is hidden up to ",
                                  slack.empty() ? "a slack" : absl::StrCat("a slack of ", slack),
                                  ", then it counts");
  if (curve.kappa_after_slack.has_value()) {
    absl::StrAppend(&text, ": ", PercentText(*curve.kappa_after_slack),
                    " of the time added beyond it reaches the clock");
  } else if (per_unit.has_value()) {
    absl::StrAppend(&text, "; longer delays would show how much of the time added beyond it does");
  }
  return text;
}

std::string NoneSentence(const SubjectText& subject, const CurveFinding& curve,
                         absl::string_view unit) {
  std::string text =
      absl::StrCat(subject.at_start, IsNearlyHidden(curve) ? " is nearly hidden" : " is hidden");
  if (curve.levels.empty()) return text;
  const Level& largest = curve.levels.back();
  if (largest.dose_seconds.has_value()) {
    absl::StrAppend(&text, ": a dose of ", SecondsText(*largest.dose_seconds), " per ", unit);
    const double share = *largest.dose_seconds / curve.control.value;
    if (share > 0) {
      absl::StrAppend(&text, ", ", PercentText({share, std::nullopt}), " of its time,");
    }
  } else {
    absl::StrAppend(&text, ": a delay of ", DelayText(largest.delay_ns), " per call");
  }
  if (!curve.change_at_largest_dose.has_value()) return absl::StrCat(text, " has no effect");
  return absl::StrCat(text, " changes throughput by ",
                      PercentText(*curve.change_at_largest_dose, true));
}

std::string UntestedSentence(const SubjectText& subject, const CurveFinding& curve) {
  std::string text = absl::StrCat(subject.at_start, " is untested: ", ReasonPhrase(curve.reason));
  if (curve.gain_bound.has_value()) {
    absl::StrAppend(&text, ", a gain of at most ", PercentText({*curve.gain_bound, std::nullopt}));
  }
  return text;
}

std::string InconclusiveSentence(const SubjectText& subject, const CurveFinding& curve) {
  std::string text;
  if (curve.reason.kind == Reason::Kind::kShareUnknown) {
    text = absl::StrCat(subject.at_start, " is on the critical path; ", ReasonPhrase(curve.reason));
  } else if (CostsTime(curve)) {
    text = absl::StrCat(subject.at_start, " matters if it is slowed: ", ReasonPhrase(curve.reason));
  } else {
    text = absl::StrCat("The data do not decide whether ", subject.inside,
                        " matters: ", ReasonPhrase(curve.reason));
  }
  if (curve.more_blocks > 0) {
    absl::StrAppend(&text, "; about ", Counted(curve.more_blocks, "more block"),
                    " would probably decide");
  }
  return text;
}

std::string GainPhrase(const Prediction& prediction, absl::string_view unit) {
  return absl::StrCat("up to ", PercentText(model::Plus(*prediction.gain, -1)), " more ", unit,
                      "s/s if ", IfFaster(prediction));
}

std::string WhyNoGain(const std::optional<model::NoGain>& no_gain,
                      const model::Withheld& withheld) {
  if (no_gain.has_value()) return NoGainPhrase(*no_gain);
  if (withheld.kind == model::Withheld::Kind::kNothing) return "no gain is predicted";
  return absl::StrCat("withheld: ", WithheldPhrase(withheld));
}

}  // namespace

std::string NameOf(const Result& result) {
  switch (result.kind) {
    case model::SubjectKind::kAllPython:
      return "all Python functions";
    case model::SubjectKind::kAllTargets:
      return "all targets";
    case model::SubjectKind::kGroup:
    case model::SubjectKind::kFunction:
      break;
  }
  return result.name;
}

std::string NameText(const Result& result) { return Printable(NameOf(result)); }

absl::string_view Meaning(const CurveFinding& curve) {
  switch (curve.verdict()) {
    case Verdict::kLinear:
      return "on the critical path";
    case Verdict::kSubLinear:
      return "partly on it";
    case Verdict::kThreshold:
      return "hidden up to its slack";
    case Verdict::kNone:
      return IsNearlyHidden(curve) ? "nearly hidden" : "hidden";
    case Verdict::kLoadLimited:
      return "the load sets the pace";
    case Verdict::kInconclusive:
      if (curve.reason.kind == Reason::Kind::kShareUnknown) return "on it, share unknown";
      return CostsTime(curve) ? "on it, or has slack" : "not decided";
    case Verdict::kUntested:
      if (curve.reason.kind == Reason::Kind::kNeverCalled) return "never called";
      if (curve.reason.kind == Reason::Kind::kNotTried) return "not tried";
      if (curve.reason.kind == Reason::Kind::kOnlyOne) return "the only one";
      return curve.reason.kind == Reason::Kind::kLittleToGain ? "little to gain" : "not tested";
  }
  return "";
}

std::string VerdictSentence(const Result& result, absl::string_view unit) {
  const SubjectText subject = SubjectOf(result);
  const CurveFinding& curve = result.curve;
  switch (curve.verdict()) {
    case Verdict::kLinear:
      return LinearSentence(subject, curve);
    case Verdict::kSubLinear:
      return SubLinearSentence(subject, curve, unit);
    case Verdict::kThreshold:
      return ThresholdSentence(subject, curve, unit);
    case Verdict::kNone:
      return NoneSentence(subject, curve, unit);
    case Verdict::kLoadLimited:
      return absl::StrCat("Throughput does not show whether ", subject.inside,
                          " matters: ", ReasonPhrase(curve.reason));
    case Verdict::kInconclusive:
      return InconclusiveSentence(subject, curve);
    case Verdict::kUntested:
      return UntestedSentence(subject, curve);
  }
  return "";
}

std::optional<Cost> CostOfDelay(const CurveFinding& curve) {
  if (curve.levels.empty() || curve.control.value <= 0) return std::nullopt;
  // 10 us first, as in the documentation; then longer delays, whose cost is visible; then shorter
  // ones.
  constexpr std::array<int64_t, 5> kRound = {10'000, 100'000, 1'000'000, 1'000, 100};
  const int64_t largest = curve.levels.back().delay_ns;
  std::optional<Cost> shown;
  for (const int64_t delay_ns : kRound) {
    if (delay_ns > largest) continue;
    const Estimate loss = LossAt(curve, static_cast<double>(delay_ns) * 1e-9);
    if (!shown.has_value()) shown = Cost{delay_ns, loss};
    if (loss.value >= 0.01 && loss.value <= 0.5) return Cost{delay_ns, loss};
  }
  if (shown.has_value()) return shown;
  return Cost{largest, LossAt(curve, static_cast<double>(largest) * 1e-9)};
}

std::string OwnTimeText(double own_seconds) {
  return own_seconds > 0 ? SecondsText(own_seconds) : "-";
}

std::string IfFaster(const Prediction& prediction) {
  if (prediction.share_gone == 0) {
    return absl::StrCat("each call took ", DelayText(prediction.faster_ns), " less");
  }
  const bool all = prediction.share_gone >= 1;
  return absl::StrCat(all ? "all" : PercentText({prediction.share_gone, std::nullopt}),
                      " of the calls' own time were saved");
}

std::string OpportunitySentence(const CurveFinding& curve, absl::string_view unit) {
  if (const Prediction* const farthest = model::FarthestPrediction(curve); farthest != nullptr) {
    const bool has_effect = !IsUndecided(curve) || CostsTime(curve);
    return absl::StrCat(has_effect ? "Faster" : "There is no verdict; by the fitted line, faster",
                        " Python would bring ", GainPhrase(*farthest, unit));
  }
  const auto withheld = std::find_if(
      curve.predictions.begin(), curve.predictions.end(),
      [](const Prediction& p) { return p.withheld.kind != model::Withheld::Kind::kNothing; });
  std::string why = WhyNoGain(
      curve.no_gain, withheld == curve.predictions.end() ? model::Withheld() : withheld->withheld);
  why.front() = absl::ascii_toupper(static_cast<unsigned char>(why.front()));
  // The curve is of all calls together: less than a tenth of them may be one critical function.
  if (curve.verdict() == Verdict::kThreshold) {
    absl::StrAppend(&why, "; a function that is called seldom may still count");
  }
  return why;
}

bool IsRanking(const std::vector<model::Priority>& priorities) {
  return priorities.empty() ||
         std::any_of(priorities.begin(), priorities.end(),
                     [](const model::Priority& one) { return model::IsDecided(one.verdict); });
}

absl::string_view PrioritiesTitle(const std::vector<model::Priority>& priorities) {
  return IsRanking(priorities) ? "What to optimise first"
                               : "What may be worth optimising (no verdict yet)";
}

std::string WorthText(const model::Priority& priority, absl::string_view unit) {
  if (priority.prediction.has_value()) return GainPhrase(*priority.prediction, unit);
  return WhyNoGain(priority.no_gain, priority.withheld);
}

std::string EvidenceText(const model::Priority& priority) {
  const std::string evidence =
      absl::StrCat(Counted(priority.blocks, "block"), ", ", Counted(priority.trials, "trial"));
  if (!model::IsDecided(priority.verdict)) return absl::StrCat("no verdict: ", evidence);
  return absl::StrCat(priority.has_curve ? "curve: " : "one dose: ", evidence);
}

}  // namespace pyslow::render
