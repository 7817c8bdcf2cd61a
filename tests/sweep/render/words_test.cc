#include "sweep/render/words.h"

#include <gtest/gtest.h>

#include "render_testing.h"
#include "sweep/render/reason_words.h"

namespace pyslow::render {

using model::CurveFinding;
using model::Priority;
using model::Reason;
using model::Result;
using model::Verdict;

namespace {

// The sentence on a group named `name`.
std::string SentenceOf(const std::string& name, const CurveFinding& curve, const char* unit) {
  return VerdictSentence(ResultNamed(name, curve), unit);
}

TEST(VerdictSentenceTest, OfALineGivesTheCostOfTenMicroseconds) {
  EXPECT_EQ(VerdictSentence(*WholeSweep().global, "step"),
            "Python is on the critical path: 10us more per call costs 1.96% [1.86, 2.06]");
}

TEST(VerdictSentenceTest, NamesALongerDelayIfTenMicrosecondsCostLessThanOnePercent) {
  EXPECT_EQ(SentenceOf("f", LineFinding(0.5, 1), "step"),
            "f is on the critical path: 100us more per call costs 4.76% [4.53, 4.99]");
}

TEST(VerdictSentenceTest, NeverNamesADelayBeyondTheLargestMeasured) {
  CurveFinding curve = LineFinding(0.5, 1);
  curve.levels.resize(2);  // up to 10 us
  EXPECT_EQ(CostOfDelay(curve)->delay_ns, 10'000);
  curve.levels[1].delay_ns = 50;
  EXPECT_EQ(CostOfDelay(curve)->delay_ns, 50);
}

TEST(VerdictSentenceTest, OfAPartGivesTheShare) {
  CurveFinding curve = LineFinding(10, 0.3);
  curve.reason.kind = Reason::Kind::kPartCounts;
  EXPECT_EQ(SentenceOf("zmq", curve, "step"),
            "zmq is partly on the critical path: 30.0% [28.5, 31.5] of the added time reaches the "
            "clock; 10us more per call costs 2.91% [2.77, 3.05]");
}

TEST(VerdictSentenceTest, WithoutKappaGivesCriticalCalls) {
  CurveFinding curve = LineFinding(10, 0.3);
  curve.reason.kind = Reason::Kind::kPartCounts;
  curve.kappa.reset();
  EXPECT_EQ(SentenceOf("zmq", curve, "step").substr(0, 74),
            "zmq is partly on the critical path: 3.00 [2.85, 3.15] calls of a step are ");
}

TEST(VerdictSentenceTest, OfAGrowingSlopeSaysSo) {
  CurveFinding curve = LineFinding(10, 0.3);
  curve.reason.kind = Reason::Kind::kGrowing;
  curve.shape.kind = model::Shape::Kind::kQuadratic;
  EXPECT_EQ(SentenceOf("f", curve, "step"),
            "f costs more with each further delay: 10us more per call costs 2.91%");
}

TEST(VerdictSentenceTest, OfAThresholdGivesTheSlackPerUnitAndPerCall) {
  model::CurveFinding curve = ThresholdFinding();
  curve.kappa_after_slack = Between(0.95, 1, 1.05);
  EXPECT_EQ(SentenceOf("f", curve, "step"),
            "f is hidden up to a slack of 610us [590, 630] per step, 61.0us [59.0, 63.0] per call, "
            "then it counts: 100.0% [95.0, 105.0] of the time added beyond it reaches the clock");
}

TEST(VerdictSentenceTest, OfAThresholdNearTheLargestDelayHasNoShareBeyondIt) {
  EXPECT_EQ(SentenceOf("f", ThresholdFinding(), "step"),
            "f is hidden up to a slack of 610us [590, 630] per step, 61.0us [59.0, 63.0] per call, "
            "then it counts; longer delays would show how much of the time added beyond it does");
}

TEST(VerdictSentenceTest, OfNoneGivesTheLargestDose) {
  EXPECT_EQ(SentenceOf("f", NoneFinding(), "step"),
            "f is hidden: a dose of 1.000ms per step, 100% of its time, changes throughput by "
            "0.00% [-0.50, 0.50]");
}

TEST(VerdictSentenceTest, OfAnInconclusiveCurveGivesTheNumberOfFurtherBlocks) {
  CurveFinding curve = NoneFinding();
  curve.reason.kind = Reason::Kind::kNoiseHides;
  curve.more_blocks = 1;
  EXPECT_EQ(SentenceOf("f", curve, "step"),
            "The data do not decide whether f matters: the noise hides whether the delay reaches "
            "the clock; about 1 more block would probably decide");
  curve.reason.kind = Reason::Kind::kShareUnknown;
  curve.more_blocks = 0;
  EXPECT_EQ(SentenceOf("f", curve, "step"),
            "f is on the critical path; the share of the delay that reaches the clock is not known "
            "well enough");
}

TEST(VerdictSentenceTest, OfAnUncalledFunctionIsUntested) {
  EXPECT_EQ(SentenceOf("f", UntestedFinding(), "step"),
            "f is untested: never called in the window");
}

TEST(VerdictSentenceTest, OfALoadLimitedCurveNamesTheLoad) {
  CurveFinding curve = NoneFinding();
  curve.reason.kind = Reason::Kind::kLatencyMovesAlone;
  EXPECT_EQ(SentenceOf("zmq", curve, "request"),
            "Throughput does not show whether zmq matters: latency moves and throughput does not: "
            "the load, not the code, sets the throughput");
}

TEST(VerdictSentenceTest, GivesTheShareOfEachProcess) {
  CurveFinding curve = LineFinding(5, 0.25);
  curve.kappa_per_process = Between(0.95, 1, 1.05);
  EXPECT_NE(SentenceOf("f", curve, "step")
                .find("the processes that share the calls work side by side: 100.0% [95.0, 105.0]"),
            std::string::npos);
}

TEST(RankingSentenceTest, OfUndecidedResultsNamesTheLargestEffect) {
  // Found in a sweep on a busy machine, whose sentence was "No subsystem by itself slows the
  // program".
  std::vector<Result> ranked;
  for (const double change : {-0.52, -0.72}) {
    Result& result =
        ranked.emplace_back(ResultNamed(change < -0.6 ? "engine" : "http", LineFinding(5, 1)));
    result.curve.change_at_largest_dose = Between(change - 0.03, change, change + 0.03);
    Reason hidden_by_noise;
    hidden_by_noise.kind = Reason::Kind::kNoiseHides;
    model::WithholdVerdict(hidden_by_noise, &result.curve);
  }
  EXPECT_EQ(
      RankingSentence(ranked, "subsystem"),
      "The data do not decide which subsystem matters: the largest change of throughput is "
      "-72.0% [-75.0, -69.0], of engine (the noise hides whether the delay reaches the clock)");
}

TEST(WarningSentenceTest, OfLineEventsGivesTheirCost) {
  model::Warning warning = WarningOf(model::Warning::Kind::kLineEvents);
  warning.text = "app:step";
  warning.ratio = 1.234;
  EXPECT_EQ(WarningSentence(warning, "token"),
            "The events of the lines of app:step make a token 1.23 times as long. Lines that are "
            "hidden by less than this difference may seem to count, and the gains of lines are of "
            "this longer token.");
}

TEST(WarningSentenceTest, OfTrialsOfAnotherOriginNamesBoth) {
  model::Warning warning = WarningOf(model::Warning::Kind::kReboot);
  warning.since = "2025-06-02T12:00:00Z";
  const std::string since = "The trials since 2025-06-02T12:00:00Z were measured ";
  EXPECT_EQ(WarningSentence(warning, "run"), since + "after a reboot of the machine.");
  warning.kind = model::Warning::Kind::kOtherVersion;
  warning.text = "1.2.4";
  warning.before = "1.2.3";
  EXPECT_EQ(WarningSentence(warning, "run"),
            since + "by another version of pyslow-sweep, 1.2.4 instead of 1.2.3.");
  warning.kind = model::Warning::Kind::kOtherHost;
  warning.text = "host 2";
  warning.before = "host";
  EXPECT_EQ(WarningSentence(warning, "run"), since + "on another machine, host 2 instead of host.");
}

TEST(RankingSentenceTest, PrefersAnEffectWhoseIntervalExcludesZero) {
  std::vector<Result> ranked = {ResultNamed("noisy", LineFinding(5, 1)),
                                ResultNamed("clear", LineFinding(5, 1))};
  Reason noise;
  noise.kind = Reason::Kind::kNoiseHides;
  for (Result& result : ranked) model::WithholdVerdict(noise, &result.curve);
  ranked[0].curve.change_at_largest_dose = Between(-1.7, -0.72, 0.24);
  ranked[1].curve.change_at_largest_dose = Between(-0.73, -0.67, -0.61);
  EXPECT_TRUE(Has(RankingSentence(ranked, "subsystem"), "-67.0% [-73.0, -61.0], of clear"));
}

TEST(RankingSentenceTest, SaysThatALeaderHasUndecidedRivals) {
  Result rival = ResultNamed("g", LineFinding(5, 1));
  Reason noise;
  noise.kind = Reason::Kind::kNoiseHides;
  model::WithholdVerdict(noise, &rival.curve);
  rival.curve.change_at_largest_dose = Between(-0.9, -0.5, 0.1);
  EXPECT_EQ(RankingSentence({rival, ResultNamed("f", LineFinding(5, 1))}, "function").substr(0, 47),
            "Of the 1 function with an answer, f matters mos");
}

TEST(OpportunitySentenceTest, GivesTheFarthestGain) {
  EXPECT_EQ(
      OpportunitySentence(LineFinding(5, 1), "step"),
      "Faster Python would bring up to 5.26% [5.06, 5.46] more steps/s if each call took 10us "
      "less");
}

TEST(OpportunitySentenceTest, GivesTheReasonIfNoGainIsExpected) {
  EXPECT_EQ(OpportunitySentence(NoneFinding(), "step"), "No gain expected: hidden");
  CurveFinding threshold = LineFinding(5, 1);
  threshold.reason.kind = Reason::Kind::kSlack;
  threshold.no_gain = model::NoGain::kHiddenBySlack;
  threshold.predictions.clear();
  EXPECT_EQ(OpportunitySentence(threshold, "step"),
            "No gain expected: hidden behind other work already; a function that is called seldom "
            "may still count");
  CurveFinding curve = LineFinding(5, 1);
  for (model::Prediction& p : curve.predictions) {
    p.gain.reset();
    p.withheld.kind = model::Withheld::Kind::kNoEffectShown;
  }
  EXPECT_EQ(OpportunitySentence(curve, "step"),
            "Withheld: the interval of the critical calls per unit includes 0: no effect is shown");
}

TEST(RankingSentenceTest, NamesTheFirstThatCounts) {
  EXPECT_EQ(RankingSentence(WholeSweep().groups, "subsystem"),
            "model matters most: 10us more per call costs 1.96% [1.86, 2.06]; 1 of 2 subsystems is "
            "on the critical path");
  CurveFinding partly = LineFinding(5, 0.3);
  partly.reason.kind = Reason::Kind::kPartCounts;
  partly.reason.is_one_dose = true;
  const std::string f = "f matters most: 10us more per call costs 4.76% [4.53, 4.99]; ";
  EXPECT_EQ(RankingSentence({ResultNamed("f", LineFinding(5, 1)), ResultNamed("g", partly),
                             ResultNamed("h", NoneFinding())},
                            "function"),
            f + "1 of 3 functions is on the critical path, 1 more in part or beyond a slack");
  EXPECT_EQ(RankingSentence({ResultNamed("f", partly)}, "function"),
            "f matters most: 10us more per call costs 1.48% [1.40, 1.55]; 1 of 1 function matters "
            "in part or beyond a slack");
  partly.reason.is_one_dose = false;  // a second dose showed that it counts from the start
  EXPECT_EQ(RankingSentence({ResultNamed("f", partly)}, "function"),
            "f matters most: 10us more per call costs 1.48% [1.40, 1.55]; 1 of 1 function matters "
            "in part");
  CurveFinding unknown = LineFinding(5, 1);
  unknown.reason.kind = Reason::Kind::kShareUnknown;
  EXPECT_EQ(RankingSentence({ResultNamed("f", unknown), ResultNamed("g", partly)}, "function"),
            f + "1 of 2 functions matters in part, 1 more with an unknown share or slack");
  EXPECT_EQ(RankingSentence({ResultNamed("f", NoneFinding())}, "function"),
            "No function by itself slows the program: 1 of 1 function is hidden up to the largest "
            "dose");
}

// 50 are compared at most, whatever the time.
TEST(RankingSentenceTest, SaysOnlyThatOthersWereNotTried) {
  std::vector<Result> ranked = {ResultNamed("f", NoneFinding()),
                                ResultNamed("g", UntestedFinding())};
  ranked.back().curve.reason.kind = Reason::Kind::kNotTried;
  const std::string sentence = RankingSentence(ranked, "function");
  EXPECT_TRUE(Has(sentence, "; 1 was not tried")) << sentence;
  EXPECT_FALSE(Has(sentence, "time")) << sentence;
  EXPECT_EQ(WhyPhrase(ranked.back()), "no time was left for it, or too many others came first");
}

TEST(SubjectTest, IsPythonForEverything) {
  EXPECT_EQ(VerdictSentence(*WholeSweep().global, "step").substr(0, 7), "Python ");
  EXPECT_EQ(VerdictSentence(WholeSweep().groups[0], "step").substr(0, 6), "model ");
  EXPECT_EQ(NameText(*WholeSweep().global), "all Python functions");
}

TEST(SubjectTest, OfTargetsBeginsASentenceWithACapital) {
  Result result = ResultNamed("", LineFinding(5, 1));
  result.kind = model::SubjectKind::kAllTargets;
  EXPECT_EQ(VerdictSentence(result, "step").substr(0, 21), "The targeted code is ");
  EXPECT_EQ(NameText(result), "all targets");
  result.curve.reason.kind = Reason::Kind::kNoiseHides;
  EXPECT_TRUE(Has(VerdictSentence(result, "step"), "whether the targeted code matters"));
}

TEST(WorthTextTest, HasNoGainWithoutAnEffect) {
  for (const Reason::Kind kind : {Reason::Kind::kNoiseHides, Reason::Kind::kOneBlock}) {
    model::CurveFinding curve = LineFinding(5, 1);
    curve.reason.kind = kind;
    EXPECT_EQ(WorthText(model::PriorityOf(ResultNamed("f", curve)), "step"),
              "no gain is predicted: there is no verdict");
  }
}

TEST(PriorityTest, IsWorthTheFarthestGainOrNone) {
  const Priority first = model::PriorityOf(ResultNamed("f", LineFinding(5, 1)));
  EXPECT_NEAR(first.prediction->gain->value, 1.0526, 1e-3);
  EXPECT_EQ(WorthText(first, "step"),
            "up to 5.26% [5.06, 5.46] more steps/s if each call took 10us less");
  EXPECT_EQ(EvidenceText(first), "curve: 8 blocks, 24 trials");
  const Priority hidden = model::PriorityOf(ResultNamed("g", NoneFinding()));
  EXPECT_FALSE(hidden.prediction.has_value());
  EXPECT_EQ(WorthText(hidden, "step"), "no gain expected: hidden");
}

}  // namespace
}  // namespace pyslow::render
