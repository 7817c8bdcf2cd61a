// The sentence above a ranking: see words.h.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sweep/render/figures.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {

using model::CurveFinding;
using model::Estimate;
using model::Reason;
using model::Result;
using model::Verdict;

namespace {

bool Counts(const CurveFinding& curve) {
  return curve.verdict() == Verdict::kLinear || curve.verdict() == Verdict::kSubLinear;
}

bool IncludesZero(const std::optional<Estimate>& estimate) {
  return estimate.has_value() && estimate->range.has_value() &&
         !model::ExcludesZero(*estimate->range);
}

// How many results satisfy `holds`.
template <typename Predicate>
size_t CountIf(const std::vector<Result>& ranked, Predicate holds) {
  return static_cast<size_t>(
      std::count_if(ranked.begin(), ranked.end(),
                    [&holds](const Result& result) { return holds(result.curve); }));
}

size_t CountOf(const std::vector<Result>& ranked, Verdict verdict) {
  return CountIf(ranked, [verdict](const CurveFinding& c) { return c.verdict() == verdict; });
}

size_t CountOf(const std::vector<Result>& ranked, Reason::Kind kind) {
  return CountIf(ranked, [kind](const CurveFinding& c) { return c.reason.kind == kind; });
}

std::string Of(const std::vector<Result>& ranked, absl::string_view kind) {
  return absl::StrCat(" of ", Counted(ranked.size(), kind));
}

// The result of `ranked` that satisfies `holds` and whose throughput falls most; an interval that
// excludes 0 comes before one that includes 0. nullptr if no change was measured.
template <typename Predicate>
const Result* LargestEffect(const std::vector<Result>& ranked, Predicate holds) {
  const auto excludes_zero = [](const Result& result) {
    return model::ExcludesZero(result.curve.change_at_largest_dose);
  };
  const Result* largest = nullptr;
  for (const Result& result : ranked) {
    const auto& change = result.curve.change_at_largest_dose;
    if (!change.has_value() || !std::isfinite(change->value)) continue;
    if (!holds(result.curve)) continue;
    const bool is_shown = excludes_zero(result);
    const bool is_larger = largest == nullptr || (is_shown && !excludes_zero(*largest)) ||
                           (is_shown == excludes_zero(*largest) &&
                            change->value < largest->curve.change_at_largest_dose->value);
    if (is_larger) largest = &result;
  }
  return largest;
}

// "" for nullptr.
std::string LargestEffectPhrase(const Result* largest) {
  if (largest == nullptr) return "";
  return absl::StrCat("the largest change of throughput is ",
                      PercentText(*largest->curve.change_at_largest_dose, true), ", of ",
                      NameText(*largest));
}

bool IsShareUnknown(const CurveFinding& curve) {
  return curve.reason.kind == Reason::Kind::kShareUnknown;
}

// Undecided, and not even known to cost time.
bool IsOpen(const CurveFinding& curve) { return IsUndecided(curve) && !CostsTime(curve); }

// An open result that may matter more than `leader`.
bool HasRival(const std::vector<Result>& ranked, const Result& leader) {
  const auto& leading = leader.curve.change_at_largest_dose;
  for (const Result& result : ranked) {
    if (!IsOpen(result.curve)) continue;
    const auto& change = result.curve.change_at_largest_dose;
    const bool is_larger =
        change.has_value() && (!leading.has_value() || change->value < leading->value);
    if (&result < &leader || is_larger) return true;
  }
  return false;
}

// How many results are wholly on the critical path, and how many count in part. One dose does not
// show whether the others count in part or beyond a slack.
std::string CriticalPhrase(const std::vector<Result>& ranked, absl::string_view kind) {
  const size_t count = CountIf(ranked, Counts);
  const size_t wholly = CountOf(ranked, Verdict::kLinear);
  const size_t unknown = CountIf(ranked, CostsTime);
  const bool has_shapes = CountIf(ranked, [](const CurveFinding& c) {
                            return c.verdict() == Verdict::kSubLinear && c.reason.is_one_dose;
                          }) == 0;
  const char* const in_part = has_shapes ? " in part" : " in part or beyond a slack";
  std::string text;
  if (count + unknown == 0) return text;
  if (count == 0) {
    text = absl::StrCat(CountText(unknown), Of(ranked, kind), unknown == 1 ? " is" : " are",
                        " on the critical path with an unknown share or slack");
    return text;
  }
  if (wholly == 0) {
    text = absl::StrCat(CountText(count), Of(ranked, kind), count == 1 ? " matters" : " matter",
                        in_part);
  } else {
    text = absl::StrCat(CountText(wholly), Of(ranked, kind), wholly == 1 ? " is" : " are",
                        " on the critical path");
    if (count > wholly) absl::StrAppend(&text, ", ", CountText(count - wholly), " more", in_part);
  }
  if (unknown > 0) {
    absl::StrAppend(&text, ", ", CountText(unknown), " more with an unknown share or slack");
  }
  return text;
}

std::string LeaderSentence(const std::vector<Result>& ranked, const Result& leader,
                           absl::string_view kind) {
  const std::optional<Cost> cost = CostOfDelay(leader.curve);
  std::string text;
  if (HasRival(ranked, leader)) {
    const size_t decided = CountIf(ranked, [](const CurveFinding& c) {
      return !IsOpen(c) && c.verdict() != Verdict::kUntested;
    });
    text = absl::StrCat("Of the ", Counted(decided, kind), " with an answer, ", NameText(leader));
  } else {
    text = NameText(leader);
  }
  absl::StrAppend(&text, " matters most");
  if (cost.has_value()) {
    absl::StrAppend(&text, ": ", DelayText(cost->delay_ns),
                    leader.lines.has_value() ? " more per entry costs " : " more per call costs ",
                    PercentText(cost->share));
  }
  return absl::StrCat(text, "; ", CriticalPhrase(ranked, kind));
}

// How many results have an effect, are hidden, and are not decided, if the data decide about some.
std::string PartlyDecidedText(const std::vector<Result>& ranked, absl::string_view kind) {
  std::string text;
  size_t described = 0;
  const auto add = [&](size_t count, absl::string_view what) {
    if (count == 0) return;
    absl::StrAppend(&text, text.empty() ? "" : ", ", CountText(count),
                    text.empty() ? Of(ranked, kind) : "", count == 1 ? " is " : " are ", what);
    described += count;
  };
  const size_t critical = CountIf(ranked, CostsTime);
  add(critical, "on the critical path with an unknown share or slack");
  add(CountOf(ranked, Verdict::kNone), "hidden");
  add(CountOf(ranked, Verdict::kThreshold), "hidden up to a slack");
  const size_t open = CountIf(ranked, IsUndecided) - critical;
  if (open == 0) return text;
  if (text.empty()) {
    return absl::StrCat("The data do not decide about ", CountText(open), Of(ranked, kind));
  }
  return absl::StrCat(
      text, "; the data do not decide about ",
      described + open == ranked.size() ? "the others" : absl::StrCat(CountText(open), " more"));
}

// No result counts, and at least one is undecided.
std::string UndecidedSentence(const std::vector<Result>& ranked, absl::string_view kind) {
  std::string text;
  if (CountIf(ranked, IsUndecided) < ranked.size()) {
    text = PartlyDecidedText(ranked, kind);
  } else {
    const size_t critical = CountIf(ranked, CostsTime);
    text = absl::StrCat("The data do not decide which ", kind, " matters");
    if (critical > 0) {
      absl::StrAppend(&text, " most; ", CountText(critical), Of(ranked, kind),
                      critical == 1 ? " is" : " are", " on the critical path");
    }
  }
  const Result* const largest = LargestEffect(ranked, IsUndecided);
  if (largest != nullptr) {
    return absl::StrCat(text, ": ", LargestEffectPhrase(largest), " (",
                        ReasonPhrase(largest->curve.reason), ")");
  }
  const Result& first = *std::find_if(
      ranked.begin(), ranked.end(), [](const Result& result) { return IsUndecided(result.curve); });
  return absl::StrCat(text, " (", NameText(first), ": ", ReasonPhrase(first.curve.reason), ")");
}

// "; 2 were never called; 3 have too little own time to matter".
std::string UntestedPhrase(const std::vector<Result>& ranked) {
  std::string text;
  const auto add = [&](size_t count, absl::string_view one, absl::string_view many) {
    if (count > 0) absl::StrAppend(&text, "; ", CountText(count), count == 1 ? one : many);
  };
  const size_t uncalled = CountOf(ranked, Reason::Kind::kNeverCalled);
  const size_t small = CountOf(ranked, Reason::Kind::kLittleToGain);
  const std::string called(CalledWord(ranked));
  add(uncalled, absl::StrCat(" was never ", called), absl::StrCat(" were never ", called));
  add(small, " has too little own time to matter", " have too little own time to matter");
  const size_t not_tried = CountOf(ranked, Reason::Kind::kNotTried);
  add(not_tried, " was not tried", " were not tried");
  add(CountOf(ranked, Verdict::kUntested) - uncalled - small - not_tried, " is untested",
      " are untested");
  return text;
}

// Nothing counts, and nothing is undecided.
std::string HiddenSentence(const std::vector<Result>& ranked, absl::string_view kind) {
  const size_t uncalled = CountOf(ranked, Reason::Kind::kNeverCalled);
  if (uncalled == ranked.size()) {
    return absl::StrCat("No ", kind, " was ", CalledWord(ranked), " in the window");
  }
  const size_t too_small = CountOf(ranked, Reason::Kind::kLittleToGain);
  if (too_small > 0 && too_small + uncalled == ranked.size()) {
    return absl::StrCat("No ", kind, " has enough own time to matter");
  }
  const std::string rest = UntestedPhrase(ranked);
  if (CountOf(ranked, Verdict::kLoadLimited) > 0) {
    return absl::StrCat("Throughput does not show which ", kind, " matters: the load sets it");
  }
  const size_t hidden = CountOf(ranked, Verdict::kNone);
  const size_t slack = CountOf(ranked, Verdict::kThreshold);
  if (slack > 0) {
    return absl::StrCat(
        CountText(slack), Of(ranked, kind), slack == 1 ? " is" : " are", " hidden up to a slack",
        hidden > 0 ? absl::StrCat(", ", CountText(hidden), " up to the largest dose") : "", rest);
  }
  const bool excludes_effect = std::all_of(ranked.begin(), ranked.end(), [](const Result& result) {
    return result.curve.verdict() != Verdict::kNone ||
           (IncludesZero(result.curve.change_at_largest_dose) &&
            (!result.curve.kappa.has_value() || IncludesZero(result.curve.kappa)));
  });
  const std::string all =
      absl::StrCat(CountText(hidden), Of(ranked, kind), hidden == 1 ? " is" : " are",
                   excludes_effect ? " hidden" : " hidden or nearly so", " up to the largest dose");
  if (excludes_effect) {
    return absl::StrCat("No ", kind, " by itself slows the program: ", all, rest);
  }
  // A small effect that the rule for "none" allows.
  const Result* const largest = LargestEffect(
      ranked, [](const CurveFinding& curve) { return curve.verdict() != Verdict::kUntested; });
  return absl::StrCat(all, largest == nullptr ? "" : ": ", LargestEffectPhrase(largest), rest);
}

}  // namespace

absl::string_view CalledWord(const std::vector<Result>& ranked) {
  return !ranked.empty() && ranked.front().lines.has_value() ? "entered" : "called";
}

bool IsNeverEntered(const Result& result) {
  return result.lines.has_value() && result.curve.reason.kind == Reason::Kind::kNeverCalled;
}

std::string WhyPhrase(const Result& result) {
  return IsNeverEntered(result) ? "never entered in the window" : ReasonPhrase(result.curve.reason);
}

bool ShowsEffect(const CurveFinding& curve) {
  const auto range_of = [](const std::optional<Estimate>& estimate) {
    return estimate.has_value() ? estimate->range : std::nullopt;
  };
  const std::optional<model::Range> change = range_of(curve.change_at_largest_dose);
  const std::optional<model::Range> kappa = range_of(curve.kappa);
  const bool slows = !change.has_value() || change->high < 0;
  const bool is_critical = !kappa.has_value() || kappa->low > 0;
  return (Counts(curve) || IsShareUnknown(curve)) && (change.has_value() || kappa.has_value()) &&
         slows && is_critical;
}

bool CostsTime(const CurveFinding& curve) {
  return IsShareUnknown(curve) || model::MayHaveSlack(curve);
}

bool IsUndecided(const CurveFinding& curve) { return curve.verdict() == Verdict::kInconclusive; }

std::string RankingSentence(const std::vector<Result>& ranked, absl::string_view kind) {
  if (ranked.empty()) return absl::StrCat("There is no ", kind, " to compare");
  const auto leader = std::find_if(ranked.begin(), ranked.end(), [](const Result& result) {
    return Counts(result.curve) || ShowsEffect(result.curve);
  });
  if (leader != ranked.end()) {
    if (ShowsEffect(leader->curve) || IsShareUnknown(leader->curve))
      return LeaderSentence(ranked, *leader, kind);
    return absl::StrCat(CriticalPhrase(ranked, kind),
                        "; the data do not decide which matters most");
  }
  return CountIf(ranked, IsUndecided) > 0 ? UndecidedSentence(ranked, kind)
                                          : HiddenSentence(ranked, kind);
}

}  // namespace pyslow::render
