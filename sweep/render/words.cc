#include "sweep/render/words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "sweep/render/figures.h"

namespace pyslow::render {
namespace {

using statistics::CurveFinding;
using statistics::Estimate;
using statistics::Level;
using statistics::Prediction;
using statistics::Range;
using statistics::Shape;
using statistics::Verdict;

// The subject where targets were given; any other is a name, or begins with a capital.
constexpr absl::string_view kWhatMatches = "what the targets match";

// The ratio by which throughput falls when T grows from `before` by `more`.
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

std::string CostPhrase(const CurveFinding& curve) {
  const std::optional<Cost> cost = CostOfDelay(curve);
  if (!cost.has_value()) return "";
  return absl::StrCat(DelayText(cost->delay_ns), " more per call costs ", PercentText(cost->share));
}

// Which part of what is added reaches the clock, where calls could be counted.
std::string SharePhrase(const CurveFinding& curve, absl::string_view unit) {
  if (curve.kappa.has_value()) {
    return absl::StrCat(PercentText(*curve.kappa), " of what is added reaches the clock");
  }
  return absl::StrCat(EstimateText(curve.critical_calls), " calls of a ", unit,
                      " are on the critical path");
}

std::string After(absl::string_view separator, absl::string_view phrase) {
  return phrase.empty() ? "" : absl::StrCat(separator, phrase);
}

std::string PerProcessPhrase(const CurveFinding& curve) {
  if (!curve.kappa_per_process.has_value()) return "";
  return absl::StrCat("the processes that share the calls work side by side: ",
                      PercentText(*curve.kappa_per_process), " in each");
}

std::string LinearSentence(absl::string_view subject, const CurveFinding& curve) {
  return absl::StrCat(subject, " is on the critical path: ",
                      CostPhrase(curve).empty() ? "every call counts" : CostPhrase(curve),
                      After("; ", PerProcessPhrase(curve)));
}

std::string SubLinearSentence(absl::string_view subject, const CurveFinding& curve,
                              absl::string_view unit) {
  const bool growing =
      curve.shape.kind == Shape::Kind::kQuadratic || curve.shape.kind == Shape::Kind::kTwoSlopes;
  if (growing) {
    return absl::StrCat(subject, " counts more and more as it grows slower",
                        After(": ", CostPhrase(curve)));
  }
  return absl::StrCat(subject, " is partly on the critical path: ", SharePhrase(curve, unit),
                      After("; ", CostPhrase(curve)), After("; ", PerProcessPhrase(curve)));
}

std::string ThresholdSentence(absl::string_view subject, const CurveFinding& curve,
                              absl::string_view unit) {
  std::string text = absl::StrCat(subject, " is hidden up to a slack of ");
  const auto& per_unit = curve.slack_seconds_per_unit;
  const auto& per_call = curve.slack_seconds_per_call;
  if (per_unit.has_value()) absl::StrAppend(&text, SecondsText(*per_unit), " per ", unit);
  if (per_unit.has_value() && per_call.has_value()) {
    absl::StrAppend(&text, ", ", SecondsText(*per_call), " per call");
  } else if (per_call.has_value()) {
    absl::StrAppend(&text, SecondsText(*per_call), " per call");
  }
  absl::StrAppend(&text, ", then it counts");
  if (curve.kappa_after_slack.has_value()) {
    absl::StrAppend(&text, ": ", PercentText(*curve.kappa_after_slack),
                    " of what is added beyond it reaches the clock");
  }
  return text;
}

std::string NoneSentence(absl::string_view subject, const CurveFinding& curve,
                         absl::string_view unit) {
  const Level& largest = curve.levels.back();
  std::string text =
      absl::StrCat(subject, " is hidden: less than a tenth of the delay reached the clock, up to ");
  if (largest.dose_seconds.has_value()) {
    absl::StrAppend(&text, "a dose of ", SecondsText(*largest.dose_seconds), " per ", unit);
  } else {
    absl::StrAppend(&text, "a delay of ", DelayText(largest.delay_ns), " per call");
  }
  const double share = largest.dose_seconds.value_or(0) / curve.control.value;
  if (share > 0) {
    absl::StrAppend(&text, ", ", PercentText({share, std::nullopt}), " of its time");
  }
  return text;
}

std::string InconclusiveSentence(absl::string_view subject, const CurveFinding& curve) {
  std::string text = absl::StartsWith(curve.why, "on the critical path")
                         ? absl::StrCat(subject, " is ", curve.why)
                         : absl::StrCat("It cannot be told yet whether ", subject, " matters",
                                        After(": ", curve.why));
  if (curve.more_blocks > 0) {
    absl::StrAppend(&text, "; about ", Counted(curve.more_blocks, "more block"),
                    " would probably tell");
  }
  return text;
}

// The farthest look at faster code that has an answer.
const Prediction* FarthestPrediction(const CurveFinding& curve) {
  const Prediction* farthest = nullptr;
  for (const Prediction& prediction : curve.predictions) {
    if (prediction.gain.has_value()) farthest = &prediction;
  }
  return farthest;
}

std::string GainPhrase(const Prediction& prediction, absl::string_view unit) {
  return absl::StrCat("up to ", PercentText(statistics::Plus(*prediction.gain, -1)), " more ", unit,
                      "s/s if ", IfFaster(prediction));
}

std::string WhyNoPrediction(const CurveFinding& curve) {
  if (!curve.no_gain.empty()) return curve.no_gain;
  for (const Prediction& prediction : curve.predictions) {
    if (!prediction.withheld.empty()) return absl::StrCat("withheld: ", prediction.withheld);
  }
  return "no gain can be given";
}

std::string HowSure(const CurveFinding& curve) {
  const std::string evidence =
      absl::StrCat(Counted(curve.blocks, "block"), ", ", Counted(curve.trials, "trial"));
  if (curve.verdict == Verdict::kInconclusive || curve.verdict == Verdict::kUntested) {
    return absl::StrCat("not yet: ", evidence);
  }
  return absl::StrCat(curve.levels.size() > 2 ? "curve of its own: " : "one dose: ", evidence);
}

bool Counts(Verdict verdict) {
  return verdict == Verdict::kLinear || verdict == Verdict::kSubLinear;
}

std::string Sentence(absl::string_view subject, const CurveFinding& curve, absl::string_view unit) {
  switch (curve.verdict) {
    case Verdict::kLinear:
      return LinearSentence(subject, curve);
    case Verdict::kSubLinear:
      return SubLinearSentence(subject, curve, unit);
    case Verdict::kThreshold:
      return ThresholdSentence(subject, curve, unit);
    case Verdict::kNone:
      return NoneSentence(subject, curve, unit);
    case Verdict::kLoadLimited:
      return absl::StrCat(subject, " cannot be judged by throughput", After(": ", curve.why));
    case Verdict::kInconclusive:
      return InconclusiveSentence(subject, curve);
    case Verdict::kUntested:
      return absl::StrCat(subject, " is untested: never called in the window",
                          After("; ", curve.why));
  }
  return "";
}

// How many of those that count do so with every call. Of the others two doses do not tell whether
// some of their calls count, or all beyond a slack.
std::string OfWhichPhrase(const std::vector<Result>& ranked, absl::string_view kind,
                          size_t matter) {
  const auto wholly =
      static_cast<size_t>(std::count_if(ranked.begin(), ranked.end(), [](const Result& r) {
        return r.curve.verdict == statistics::Verdict::kLinear;
      }));
  const std::string of = absl::StrCat(" of ", Counted(ranked.size(), kind));
  constexpr char kInPart[] = " in part or beyond a slack";
  if (wholly == 0) {
    return absl::StrCat(CountText(matter), of, matter == 1 ? " matters" : " matter", kInPart);
  }
  std::string text =
      absl::StrCat(CountText(wholly), of, wholly == 1 ? " is" : " are", " on the critical path");
  if (matter > wholly) absl::StrAppend(&text, ", ", CountText(matter - wholly), " more", kInPart);
  return text;
}

}  // namespace

absl::string_view Meaning(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLinear:
      return "on the critical path";
    case Verdict::kSubLinear:
      return "partly on it";
    case Verdict::kThreshold:
      return "hidden up to its slack";
    case Verdict::kNone:
      return "hidden";
    case Verdict::kLoadLimited:
      return "the load sets the pace";
    case Verdict::kInconclusive:
      return "not yet known";
    case Verdict::kUntested:
      return "never called";
  }
  return "";
}

std::optional<Cost> CostOfDelay(const CurveFinding& curve) {
  if (curve.levels.empty() || curve.control.value <= 0) return std::nullopt;
  // The user thinks in 10 us; then what shows more, then what disturbs less.
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

std::string VerdictSentence(absl::string_view subject, const CurveFinding& curve,
                            absl::string_view unit) {
  std::string text = Sentence(subject, curve, unit);
  if (subject == kWhatMatches && absl::StartsWith(text, subject)) text.front() = 'W';
  return text;
}

std::string IfFaster(const Prediction& prediction) {
  if (prediction.share_gone == 0) {
    return absl::StrCat("each call took ", DelayText(prediction.faster_ns), " less");
  }
  const bool all = prediction.share_gone >= 1;
  return absl::StrCat(all ? "all" : PercentText({prediction.share_gone, std::nullopt}),
                      " of the calls' own time were gone");
}

std::string OwnTimeText(double own_seconds) {
  return own_seconds > 0 ? SecondsText(own_seconds) : "-";
}

std::string CountSentence(const std::vector<CountedFunction>& counted, absl::string_view unit) {
  double calls = 0;
  size_t outside = 0;
  for (const CountedFunction& function : counted) {
    calls += function.calls_per_unit;
    if (function.only_outside_window) ++outside;
  }
  const size_t inside = counted.size() - outside;
  std::string text = absl::StrCat(
      Counted(inside, "function"), inside == 1 ? " was" : " were", " called, ",
      calls >= 1000 ? CountText(static_cast<uint64_t>(std::llround(calls))) : NumberText(calls),
      calls == 1 ? " call" : " calls", " a ", unit);
  if (outside > 0) {
    absl::StrAppend(&text, "; ", CountText(outside),
                    " more outside the window alone, and so untested (captured graphs and compiled "
                    "code look like that)");
  }
  return text;
}

std::string OpportunitySentence(const CurveFinding& curve, absl::string_view unit) {
  const Prediction* farthest = FarthestPrediction(curve);
  if (farthest == nullptr) {
    std::string why = WhyNoPrediction(curve);
    why.front() = absl::ascii_toupper(static_cast<unsigned char>(why.front()));
    // Of all calls together: under a tenth of them may be one function that is never hidden.
    if (curve.verdict == Verdict::kThreshold) {
      absl::StrAppend(&why, "; a function that is called seldom may still count");
    }
    return why;
  }
  return absl::StrCat("Faster Python is worth ", GainPhrase(*farthest, unit));
}

std::string RankingSentence(const std::vector<Result>& ranked, absl::string_view kind) {
  const auto matters = static_cast<size_t>(std::count_if(
      ranked.begin(), ranked.end(), [](const Result& r) { return Counts(r.curve.verdict); }));
  if (ranked.empty()) return absl::StrCat("There is no ", kind, " to compare");
  if (matters == 0) {
    return absl::StrCat("None of ", Counted(ranked.size(), kind),
                        " was found on the critical path");
  }
  const Result& first = *std::find_if(ranked.begin(), ranked.end(),
                                      [](const Result& r) { return Counts(r.curve.verdict); });
  return absl::StrCat(Printable(first.name), " matters most: ", CostPhrase(first.curve), "; ",
                      OfWhichPhrase(ranked, kind, matters));
}

Priority PriorityOf(const Result& result, absl::string_view unit) {
  const CurveFinding& curve = result.curve;
  Priority priority;
  priority.name = result.name;
  priority.verdict = curve.verdict;
  const Prediction* farthest = FarthestPrediction(curve);
  if (farthest != nullptr) {
    priority.gain_up_to = farthest->gain;
    priority.worth = GainPhrase(*farthest, unit);
  } else {
    priority.worth = WhyNoPrediction(curve);
  }
  priority.how_sure = HowSure(curve);
  return priority;
}

std::string SubjectOf(const Result& result) {
  if (result.name == "all Python functions") return "Python";
  return result.name == "all targets" ? std::string(kWhatMatches) : NameText(result);
}

std::string NameText(const Result& result) { return Printable(result.name); }

}  // namespace pyslow::render
