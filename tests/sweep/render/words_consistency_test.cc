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
constexpr Reason::Kind kLast = Reason::Kind::kNeverCalled;

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
    if (curve.verdict() == Verdict::kInconclusive || curve.verdict() == Verdict::kUntested) {
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
      const std::string name = "name" + std::to_string(i);
      Result& result = findings.groups.emplace_back(ResultNamed(name, curve));
      if (one_reason == 1) result.curve.reason.kind = Reason::Kind::kEffectExcluded;
    }
    findings.functions = findings.groups;
    findings.global = ResultNamed("", Curve());
    findings.global->kind = model::SubjectKind::kAllPython;
    return findings;
  }

 private:
  std::mt19937_64 random_;
};

bool IncludesZero(const std::optional<Estimate>& estimate) {
  return estimate.has_value() && estimate->range.has_value() &&
         !model::ExcludesZero(*estimate->range);
}

bool ExcludesZero(const std::optional<Estimate>& estimate) {
  return estimate.has_value() && estimate->range.has_value() &&
         model::ExcludesZero(*estimate->range);
}

// The sentence above a ranking, against its rows.
void CheckRanking(const std::string& sentence, const std::vector<Result>& ranked) {
  const auto any = [&](auto holds) { return std::any_of(ranked.begin(), ranked.end(), holds); };
  if (Has(sentence, "slows the program")) {
    for (const Result& result : ranked) {
      const Verdict verdict = result.curve.verdict();
      EXPECT_TRUE(verdict == Verdict::kNone || verdict == Verdict::kUntested);
      if (verdict != Verdict::kNone) continue;
      EXPECT_FALSE(ExcludesZero(result.curve.change_at_largest_dose));
      EXPECT_FALSE(ExcludesZero(result.curve.kappa));
    }
  }
  if (const size_t at = sentence.find(" matters most");
      at != std::string::npos && sentence.find("which matters") == std::string::npos) {
    const size_t name_at = sentence.rfind("name", at);
    ASSERT_NE(name_at, std::string::npos);
    const std::string name = sentence.substr(name_at, at - name_at);
    const auto leader = std::find_if(ranked.begin(), ranked.end(),
                                     [&](const Result& result) { return result.name == name; });
    ASSERT_NE(leader, ranked.end());
    const Verdict verdict = leader->curve.verdict();
    EXPECT_TRUE(verdict == Verdict::kLinear || verdict == Verdict::kSubLinear);
    EXPECT_FALSE(IncludesZero(leader->curve.change_at_largest_dose));
    EXPECT_FALSE(IncludesZero(leader->curve.kappa));
  }
  if (Has(sentence, "do not decide which subsystem matters")) {
    for (const Result& result : ranked) {
      EXPECT_NE(result.curve.verdict(), Verdict::kLinear);
      EXPECT_NE(result.curve.verdict(), Verdict::kSubLinear);
      EXPECT_NE(result.curve.verdict(), Verdict::kNone);
    }
  }
  if (!ranked.empty() &&
      !any([](const Result& r) { return r.curve.verdict() != Verdict::kInconclusive; })) {
    EXPECT_TRUE(Has(sentence, "The data do not decide"));
  }
  if (Has(sentence, "never called") && !Has(sentence, "(")) {
    EXPECT_TRUE(any([](const Result& r) { return r.curve.verdict() == Verdict::kUntested; }));
  }
}

// The sentence on one result, against its verdict.
void CheckVerdict(const std::string& sentence, const CurveFinding& curve) {
  const Verdict verdict = curve.verdict();
  const bool shares = curve.reason.kind == Reason::Kind::kShareUnknown;
  EXPECT_EQ(Has(sentence, "do not decide"), verdict == Verdict::kInconclusive && !shares);
  EXPECT_EQ(Has(sentence, "on the critical path"),
            verdict == Verdict::kLinear || shares ||
                (verdict == Verdict::kSubLinear && curve.reason.kind != Reason::Kind::kGrowing));
  EXPECT_EQ(Has(sentence, "is hidden"),
            verdict == Verdict::kNone || verdict == Verdict::kThreshold);
  EXPECT_EQ(Has(sentence, "untested"), verdict == Verdict::kUntested);
  EXPECT_EQ(Has(sentence, "would probably decide"),
            verdict == Verdict::kInconclusive && curve.more_blocks > 0);
}

// The next step's sentence, against the ranking.
void CheckNext(const std::string& sentence, const std::vector<Result>& ranked) {
  const bool all_hidden = std::none_of(ranked.begin(), ranked.end(), [](const Result& result) {
    return result.curve.verdict() == Verdict::kInconclusive;
  });
  if (Has(sentence, "only together")) {
    EXPECT_TRUE(all_hidden);
  }
  if (Has(sentence, "may decide")) {
    EXPECT_FALSE(all_hidden);
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
    CheckNext(NextSentence(findings, ranked), findings.groups);
    const StepSummary global = {Step::kGlobal, StepSummary::Outcome::kJudged,
                                StepSummary::Next::kOpportunity};
    const std::string verdict = StepSentence(findings, global);
    SCOPED_TRACE(verdict);
    CheckVerdict(verdict, findings.global->curve);
  }
}

TEST(WordsConsistencyTest, APredictionStandsOnlyBesideAVerdict) {
  RandomFindings random(2);
  for (int i = 0; i < kFindings; ++i) {
    const CurveFinding curve = random.Curve();
    const std::string sentence = OpportunitySentence(curve, "step");
    if (curve.verdict() == Verdict::kInconclusive || curve.verdict() == Verdict::kUntested) {
      ASSERT_FALSE(Has(sentence, "would bring")) << sentence;
      ASSERT_FALSE(Has(sentence, "no gain expected")) << sentence;
    }
  }
}

TEST(WordsConsistencyTest, EveryReasonHasAPhraseAndANameOfItsOwn) {
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
