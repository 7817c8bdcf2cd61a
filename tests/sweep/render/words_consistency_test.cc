// Random findings, none of whose sentences may contradict its table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "render_testing.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/step_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {

using model::CurveFinding;
using model::Estimate;
using model::Findings;
using model::Reason;
using model::Result;
using model::Step;
using model::StepSummary;
using model::Verdict;

namespace {

constexpr int kFindings = 20'000;

// Every kind of reason.
constexpr Reason::Kind kFirst = Reason::Kind::kEveryCallCounts;
constexpr Reason::Kind kLast = Reason::Kind::kFigureTooCoarse;

class RandomFindings {
 public:
  explicit RandomFindings(uint64_t seed) : random_(seed) {}

  size_t Below(size_t bound) { return random_() % bound; }
  double Between(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() >> 11) * 0x1p-53;
  }

  // Around `value`, often without an interval or with one that includes 0.
  Estimate EstimateOf(double value) {
    if (Below(6) == 0) return {value, std::nullopt};
    const double half = Between(0, 1.5) * std::abs(value);
    return {value, model::Range{value - half, value + half}};
  }

  // A curve of any reason, whose figures need not fit it.
  CurveFinding Curve() {
    CurveFinding curve = LineFinding(Between(0.1, 50), Between(-0.2, 1.2));
    if (Below(3) == 0) curve.levels.resize(2);
    curve.reason.kind = static_cast<Reason::Kind>(Below(static_cast<size_t>(kLast) + 1));
    curve.kappa = EstimateOf(Between(-0.2, 1.2));
    curve.change_at_largest_dose = EstimateOf(Between(-0.9, 0.1));
    curve.critical_calls = EstimateOf(Between(-1, 50));
    if (Below(5) == 0) curve.kappa.reset();
    if (Below(5) == 0) curve.change_at_largest_dose.reset();
    curve.more_blocks = Below(3);
    // JudgeCurve predicts a gain for inconclusive curves too; WithholdVerdict removes it.
    const bool is_withheld = curve.verdict() == Verdict::kInconclusive && Below(2) == 0;
    if (is_withheld || curve.verdict() == Verdict::kUntested) {
      model::WithholdVerdict(curve.reason, &curve);
    }
    return curve;
  }

  Findings Sweep() {
    Findings findings;
    findings.unit = "step";
    const size_t one_reason = Below(3);
    const CurveFinding common = Curve();
    for (size_t i = Below(5); i > 0; --i) {
      CurveFinding curve = Curve();
      if (one_reason == 0) curve.reason = common.reason;
      if (one_reason == 1) curve.reason.kind = Reason::Kind::kEffectExcluded;
      findings.groups.push_back(ResultNamed("name" + std::to_string(i), curve));
    }
    findings.functions = findings.groups;
    findings.global = ResultNamed("", Curve());
    findings.global->kind =
        Below(2) == 0 ? model::SubjectKind::kAllPython : model::SubjectKind::kAllTargets;
    return findings;
  }

 private:
  std::mt19937_64 random_;
};

bool IncludesZero(const std::optional<Estimate>& estimate) {
  return estimate.has_value() && estimate->range.has_value() &&
         !model::ExcludesZero(*estimate->range);
}

size_t CountOf(const std::vector<Result>& ranked, Verdict verdict) {
  return static_cast<size_t>(std::count_if(ranked.begin(), ranked.end(), [&](const Result& result) {
    return result.curve.verdict() == verdict;
  }));
}

// The result whose name is the last before the position `end`.
const Result& ResultBefore(const std::string& sentence, size_t end,
                           const std::vector<Result>& ranked) {
  const size_t at = sentence.rfind("name", end);
  EXPECT_NE(at, std::string::npos);
  const std::string name = sentence.substr(at, std::string("name1").size());
  const auto found = std::find_if(ranked.begin(), ranked.end(),
                                  [&](const Result& result) { return result.name == name; });
  EXPECT_NE(found, ranked.end());
  return *found;
}

// "No subsystem by itself slows the program": every interval includes 0.
void CheckNoEffect(const std::vector<Result>& ranked) {
  for (const Result& result : ranked) {
    const Verdict verdict = result.curve.verdict();
    EXPECT_TRUE(verdict == Verdict::kNone || verdict == Verdict::kUntested);
    if (verdict != Verdict::kNone) continue;
    EXPECT_TRUE(IncludesZero(result.curve.change_at_largest_dose));
    EXPECT_FALSE(ExcludesZero(result.curve.kappa));
  }
}

// "NAME matters most": each interval in its row shows a slowdown, and no row above it counts.
void CheckLeader(const Result& leader, const std::vector<Result>& ranked) {
  const auto counts = [](const Result& result) {
    return result.curve.verdict() == Verdict::kLinear ||
           result.curve.verdict() == Verdict::kSubLinear ||
           (CostsTime(result.curve) && ShowsEffect(result.curve));
  };
  EXPECT_EQ(&leader, &*std::find_if(ranked.begin(), ranked.end(), counts));
  const auto& change = leader.curve.change_at_largest_dose;
  const auto& kappa = leader.curve.kappa;
  EXPECT_TRUE(ExcludesZero(change) || ExcludesZero(kappa));
  if (change.has_value() && change->range.has_value()) {
    EXPECT_LT(change->range->high, 0);
  }
  if (kappa.has_value() && kappa->range.has_value()) {
    EXPECT_GT(kappa->range->low, 0);
  }
}

// The number in the clause that ends with `words`, "2 of 3 subsystems are hidden", is `count`.
void CheckCount(const std::string& sentence, const std::string& words, size_t count) {
  const size_t at = sentence.find(words);
  if (at == std::string::npos) return;
  const size_t separator = sentence.find_last_of(",;:", at);
  const size_t digit =
      sentence.find_first_of("0123456789", separator == std::string::npos ? 0 : separator);
  ASSERT_LT(digit, at) << words;
  EXPECT_EQ(std::stoul(sentence.substr(digit)), count) << words;
}

// A sentence that leaves some rows open: the counts, and what it says of "the others".
void CheckUndecided(const std::string& sentence, const std::vector<Result>& ranked) {
  const auto critical = static_cast<size_t>(std::count_if(
      ranked.begin(), ranked.end(), [](const Result& result) { return CostsTime(result.curve); }));
  const size_t open = CountOf(ranked, Verdict::kInconclusive) - critical;
  if (Has(sentence, "do not decide which subsystem matters")) {
    EXPECT_EQ(open + critical, ranked.size());
    EXPECT_EQ(Has(sentence, "matters most"), critical > 0);
  }
  if (Has(sentence, "about the others")) {
    EXPECT_EQ(
        open + critical + CountOf(ranked, Verdict::kNone) + CountOf(ranked, Verdict::kThreshold),
        ranked.size());
  }
  for (const char* end : {": ", " ("}) {
    CheckCount(sentence, std::string(" more") + end, open);
  }
  CheckCount(sentence, " on the critical path with an unknown share or slack", critical);
  for (const char* end : {"; ", ", ", ": ", " ("}) {
    CheckCount(sentence, std::string(" hidden") + end, CountOf(ranked, Verdict::kNone));
  }
  CheckCount(sentence, " hidden up to a slack", CountOf(ranked, Verdict::kThreshold));
}

// The sentence above a ranking, against its rows.
void CheckRanking(const std::string& sentence, const std::vector<Result>& ranked) {
  const auto any = [&](auto holds) { return std::any_of(ranked.begin(), ranked.end(), holds); };
  if (Has(sentence, "slows the program")) CheckNoEffect(ranked);
  if (const size_t at = sentence.find(" matters most");
      at != std::string::npos && !Has(sentence, "do not decide which")) {
    CheckLeader(ResultBefore(sentence, at, ranked), ranked);
    const auto unknown =
        static_cast<size_t>(std::count_if(ranked.begin(), ranked.end(), [](const Result& result) {
          return CostsTime(result.curve);
        }));
    if (Has(sentence, " on the critical path with")) {
      CheckCount(sentence, " on the critical path with an unknown share or slack", unknown);
    } else {
      CheckCount(sentence, " on the critical path", CountOf(ranked, Verdict::kLinear));
    }
    CheckCount(sentence, " more with an unknown share or slack", unknown);
    CheckCount(sentence, " with an answer",
               ranked.size() - (CountOf(ranked, Verdict::kInconclusive) - unknown) -
                   CountOf(ranked, Verdict::kUntested));
  } else if (Has(sentence, "do not decide") && !Has(sentence, "do not decide which matters most")) {
    CheckUndecided(sentence, ranked);
    if (const size_t largest = sentence.find(" ("); Has(sentence, "largest change")) {
      EXPECT_EQ(ResultBefore(sentence, largest, ranked).curve.verdict(), Verdict::kInconclusive);
    }
  }
  if (Has(sentence, "hidden up to the largest dose")) {
    CheckCount(sentence, " hidden up to the largest dose", CountOf(ranked, Verdict::kNone));
    EXPECT_FALSE(any([](const Result& result) {
      return ExcludesZero(result.curve.change_at_largest_dose) &&
             result.curve.verdict() == Verdict::kNone;
    }));
  }
  if (!ranked.empty() && CountOf(ranked, Verdict::kInconclusive) == ranked.size() &&
      !any([](const Result& result) { return ShowsEffect(result.curve); })) {
    EXPECT_TRUE(Has(sentence, "The data do not decide"));
  }
  if (Has(sentence, "never called") && !Has(sentence, "(")) {
    EXPECT_GT(CountOf(ranked, Verdict::kUntested), size_t{0});
  }
}

// The sentence on one result, against its verdict.
void CheckVerdict(const std::string& sentence, const CurveFinding& curve) {
  const Verdict verdict = curve.verdict();
  const bool shares = curve.reason.kind == Reason::Kind::kShareUnknown;
  EXPECT_EQ(Has(sentence, "do not decide"), verdict == Verdict::kInconclusive && !CostsTime(curve));
  EXPECT_EQ(Has(sentence, "on the critical path"),
            verdict == Verdict::kLinear || shares ||
                (verdict == Verdict::kSubLinear && curve.reason.kind != Reason::Kind::kGrowing));
  const bool is_nearly = verdict == Verdict::kNone && ExcludesZero(curve.change_at_largest_dose);
  EXPECT_EQ(Has(sentence, "is nearly hidden"), is_nearly);
  EXPECT_EQ(Has(sentence, "is hidden"),
            (verdict == Verdict::kNone && !is_nearly) || verdict == Verdict::kThreshold);
  EXPECT_EQ(Has(sentence, "untested"), verdict == Verdict::kUntested);
  EXPECT_EQ(Has(sentence, "would probably decide"),
            verdict == Verdict::kInconclusive && curve.more_blocks > 0);
}

// The next step's sentence, against the ranking and its sentence.
void CheckNext(const std::string& sentence, const std::string& ranking,
               const std::vector<Result>& ranked) {
  const bool all_hidden = CountOf(ranked, Verdict::kNone) + CountOf(ranked, Verdict::kThreshold) +
                              CountOf(ranked, Verdict::kUntested) ==
                          ranked.size();
  if (Has(sentence, "only together")) {
    EXPECT_TRUE(all_hidden);
  }
  if (Has(sentence, "may decide")) {
    EXPECT_GT(CountOf(ranked, Verdict::kInconclusive), 0U);
  }
  if (Has(ranking, " matters most") && !Has(ranking, "do not decide which")) {
    EXPECT_TRUE(Has(sentence, "the effect may be chance"));
  }
}

// The prediction, against the verdict.
void CheckOpportunity(const std::string& sentence, const CurveFinding& curve) {
  const bool is_open = curve.verdict() == Verdict::kInconclusive && !CostsTime(curve);
  if (is_open || curve.verdict() == Verdict::kUntested) {
    EXPECT_FALSE(Has(sentence, "Faster Python would bring"));
    EXPECT_EQ(Has(sentence, "o gain expected"), curve.reason.kind == Reason::Kind::kLittleToGain);
  } else {
    EXPECT_FALSE(Has(sentence, "There is no verdict"));
  }
}

TEST(WordsConsistencyTest, NoSentenceContradictsItsTable) {
  RandomFindings random(1);
  for (int i = 0; i < kFindings && !testing::Test::HasFailure(); ++i) {
    const Findings findings = random.Sweep();
    const StepSummary ranked = {Step::kSubsystems, StepSummary::Outcome::kRanked,
                                StepSummary::Next::kNothingStandsOut};
    const std::string sentence = StepSentence(findings, ranked);
    SCOPED_TRACE(sentence);
    CheckRanking(sentence, findings.groups);
    CheckNext(NextSentence(findings, ranked), sentence, findings.groups);
    const StepSummary global = {Step::kGlobal, StepSummary::Outcome::kJudged,
                                StepSummary::Next::kOpportunity};
    const std::string verdict = StepSentence(findings, global);
    SCOPED_TRACE(verdict);
    CheckVerdict(verdict, findings.global->curve);
  }
}

TEST(WordsConsistencyTest, APredictionWithoutAVerdictSaysSo) {
  RandomFindings random(2);
  for (int i = 0; i < kFindings && !testing::Test::HasFailure(); ++i) {
    const CurveFinding curve = random.Curve();
    const std::string sentence = OpportunitySentence(curve, "step");
    SCOPED_TRACE(sentence);
    CheckOpportunity(sentence, curve);
  }
}

TEST(WordsConsistencyTest, PythonIsHiddenOnlyIfAllOfItWasSlowed) {
  RandomFindings random(3);
  for (int i = 0; i < 100; ++i) {
    const Findings findings = random.Sweep();
    const StepSummary hidden = {Step::kGlobal, StepSummary::Outcome::kJudged,
                                StepSummary::Next::kPythonHidden};
    EXPECT_EQ(Has(NextSentence(findings, hidden), "Python is not your bottleneck"),
              findings.global->kind == model::SubjectKind::kAllPython);
  }
}

TEST(WordsConsistencyTest, OneSubjectIsAloneOnlyIfTheTableHasOneRow) {
  Findings findings;
  const StepSummary one = {
      Step::kSubsystems, StepSummary::Outcome::kOneSubject, StepSummary::Next::kFunctions, {"f"}};
  findings.groups = {ResultNamed("f", LineFinding(5, 1))};
  EXPECT_EQ(StepSentence(findings, one), "There is one subsystem: f");
  findings.groups.push_back(ResultNamed("g", UntestedFinding()));
  EXPECT_EQ(StepSentence(findings, one), "One subsystem is worth a trial: f");
}

TEST(WordsConsistencyTest, EveryReasonHasAUniquePhraseAndName) {
  std::vector<std::string> seen;
  for (int kind = static_cast<int>(kFirst); kind <= static_cast<int>(kLast); ++kind) {
    Reason reason;
    reason.kind = static_cast<Reason::Kind>(kind);
    EXPECT_FALSE(ReasonPhrase(reason).empty()) << kind;
    for (const std::string& text : {ReasonPhrase(reason), std::string(NameOf(reason.kind))}) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), text), 0) << text;
      seen.push_back(text);
    }
  }
}

}  // namespace
}  // namespace pyslow::render
