#include "sweep/render/words.h"

#include <gtest/gtest.h>

#include "render_testing.h"

namespace pyslow::render {
namespace {

using statistics::CurveFinding;
using statistics::Verdict;

TEST(VerdictSentenceTest, OfALineSaysWhatTenMicrosecondsCost) {
  EXPECT_EQ(VerdictSentence("Python", LineFinding(5, 1), "step"),
            "Python is on the critical path: 10us more per call costs 4.76% [4.53, 4.99]");
}

TEST(VerdictSentenceTest, TakesALongerDelayWhereTenMicrosecondsCostNothingToSpeakOf) {
  EXPECT_EQ(VerdictSentence("f", LineFinding(0.5, 1), "step"),
            "f is on the critical path: 100us more per call costs 4.76% [4.53, 4.99]");
}

TEST(VerdictSentenceTest, NeverNamesADelayBeyondTheLargestMeasured) {
  CurveFinding curve = LineFinding(0.5, 1);
  curve.levels.resize(2);  // up to 10 us
  EXPECT_EQ(CostOfDelay(curve)->delay_ns, 10'000);
  curve.levels[1].delay_ns = 50;
  EXPECT_EQ(CostOfDelay(curve)->delay_ns, 50);
}

TEST(VerdictSentenceTest, OfAShareSaysWhichPartCounts) {
  CurveFinding curve = LineFinding(10, 0.3);
  curve.verdict = Verdict::kSubLinear;
  EXPECT_EQ(VerdictSentence("zmq", curve, "step"),
            "zmq is partly on the critical path: 30.0% [28.5, 31.5] of what is added reaches the "
            "clock; 10us more per call costs 2.91% [2.77, 3.05]");
}

TEST(VerdictSentenceTest, OfElasticCallsGivesCriticalCalls) {
  CurveFinding curve = LineFinding(10, 0.3);
  curve.verdict = Verdict::kSubLinear;
  curve.kappa.reset();
  EXPECT_EQ(VerdictSentence("zmq", curve, "step").substr(0, 74),
            "zmq is partly on the critical path: 3.00 [2.85, 3.15] calls of a step are ");
}

TEST(VerdictSentenceTest, OfAGrowingSlopeSaysSo) {
  CurveFinding curve = LineFinding(10, 0.3);
  curve.verdict = Verdict::kSubLinear;
  curve.shape.kind = statistics::Shape::Kind::kQuadratic;
  EXPECT_EQ(VerdictSentence("f", curve, "step"),
            "f counts more and more as it grows slower: 10us more per call costs 2.91%");
}

TEST(VerdictSentenceTest, OfAThresholdGivesTheSlackPerUnitAndPerCall) {
  EXPECT_EQ(VerdictSentence("f", ThresholdFinding(), "step"),
            "f is hidden up to a slack of 610us [590, 630] per step, 61.0us [59.0, 63.0] per call, "
            "then it counts");
}

TEST(VerdictSentenceTest, OfNoneSaysUpToWhichDose) {
  EXPECT_EQ(VerdictSentence("f", NoneFinding(), "step"),
            "f is hidden: less than a tenth of the delay reached the clock, up to a dose of "
            "1.000ms per step, 100% of its time");
}

TEST(VerdictSentenceTest, OfAnOpenQuestionSaysHowManyMoreBlocksWouldTell) {
  CurveFinding curve = NoneFinding();
  curve.verdict = Verdict::kInconclusive;
  curve.why = "the noise hides whether the delay reaches the clock";
  curve.more_blocks = 1;
  EXPECT_EQ(VerdictSentence("f", curve, "step"),
            "It cannot be told yet whether f matters: the noise hides whether the delay reaches "
            "the clock; about "
            "1 more block would probably tell");
  curve.why = "on the critical path, and how much of it is not known well enough";
  curve.more_blocks = 0;
  EXPECT_EQ(VerdictSentence("f", curve, "step"),
            "f is on the critical path, and how much of it is not known well enough");
}

TEST(VerdictSentenceTest, OfWhatWasNotCalledSaysWhenItWas) {
  EXPECT_EQ(VerdictSentence("f", UntestedFinding(), "step"),
            "f is untested: never called in the window; called before the window alone");
}

TEST(VerdictSentenceTest, OfAPinnedThroughputBlamesTheLoad) {
  CurveFinding curve = NoneFinding();
  curve.verdict = Verdict::kLoadLimited;
  curve.why = "latency moves and throughput does not";
  EXPECT_EQ(VerdictSentence("Python", curve, "request"),
            "Python cannot be judged by throughput: latency moves and throughput does not");
}

TEST(VerdictSentenceTest, TellsThatProcessesShareTheCalls) {
  CurveFinding curve = LineFinding(5, 0.25);
  curve.kappa_per_process = Between(0.95, 1, 1.05);
  EXPECT_NE(VerdictSentence("f", curve, "step")
                .find("the processes that share the calls work side by side: 100.0% [95.0, 105.0]"),
            std::string::npos);
}

TEST(CountSentenceTest, TellsWhatIsCalledOutsideTheWindowAlone) {
  EXPECT_EQ(CountSentence({{"m", "f", "m.py", 1, 1234.4, 1, false}}, "run"),
            "1 function was called, 1,234 calls a run");
  EXPECT_NE(CountSentence(WholeSweep().counted, "step").find("1 more outside the window alone"),
            std::string::npos);
}

TEST(OpportunitySentenceTest, GivesTheFarthestGain) {
  EXPECT_EQ(OpportunitySentence(LineFinding(5, 1), "step"),
            "Faster Python is worth up to 5.26% [5.06, 5.46] more steps/s if each call took 10us "
            "less");
}

TEST(OpportunitySentenceTest, SaysWhyNothingIsExpected) {
  EXPECT_EQ(OpportunitySentence(NoneFinding(), "step"), "No gain expected: hidden");
  CurveFinding threshold = LineFinding(5, 1);
  threshold.verdict = statistics::Verdict::kThreshold;
  threshold.no_gain = "no gain expected: hidden behind other work as it is";
  threshold.predictions.clear();
  EXPECT_EQ(OpportunitySentence(threshold, "step"),
            "No gain expected: hidden behind other work as it is; a function that is called seldom "
            "may still count");
  CurveFinding curve = LineFinding(5, 1);
  for (statistics::Prediction& p : curve.predictions) {
    p.gain.reset();
    p.withheld = "the noise is too large";
  }
  EXPECT_EQ(OpportunitySentence(curve, "step"), "Withheld: the noise is too large");
}

TEST(RankingSentenceTest, NamesTheFirstThatCounts) {
  EXPECT_EQ(RankingSentence(WholeSweep().groups, "subsystem"),
            "model matters most: 10us more per call costs 1.96% [1.86, 2.06]; 1 of 2 subsystems is "
            "on the critical path");
  CurveFinding partly = LineFinding(5, 0.3);
  partly.verdict = statistics::Verdict::kSubLinear;
  const std::string f = "f matters most: 10us more per call costs 4.76% [4.53, 4.99]; ";
  EXPECT_EQ(RankingSentence({ResultNamed("f", LineFinding(5, 1)), ResultNamed("g", partly),
                             ResultNamed("h", NoneFinding())},
                            "function"),
            f + "1 of 3 functions is on the critical path, 1 more in part or beyond a slack");
  EXPECT_EQ(RankingSentence({ResultNamed("f", partly)}, "function"),
            "f matters most: 10us more per call costs 1.48% [1.40, 1.55]; 1 of 1 function matters "
            "in part or beyond a slack");
  EXPECT_EQ(RankingSentence({ResultNamed("f", NoneFinding())}, "function"),
            "None of 1 function was found on the critical path");
}

TEST(SubjectTest, IsPythonForEverything) {
  EXPECT_EQ(SubjectOf(*WholeSweep().global), "Python");
  EXPECT_EQ(SubjectOf(WholeSweep().groups[0]), "model");
}

TEST(SubjectTest, OfTargetsBeginsASentenceWithACapital) {
  Result result = ResultNamed("all targets", LineFinding(5, 1));
  EXPECT_EQ(VerdictSentence(SubjectOf(result), result.curve, "step").substr(0, 26),
            "What the targets match is ");
  EXPECT_EQ(VerdictSentence("zmq", result.curve, "step").substr(0, 4), "zmq ");
}

TEST(PriorityTest, IsWorthTheFarthestGainOrNothing) {
  const Priority first = PriorityOf(ResultNamed("f", LineFinding(5, 1)), "step");
  EXPECT_NEAR(first.gain_up_to->value, 1.0526, 1e-3);
  EXPECT_EQ(first.how_sure, "curve of its own: 8 blocks, 24 trials");
  const Priority hidden = PriorityOf(ResultNamed("g", NoneFinding()), "step");
  EXPECT_FALSE(hidden.gain_up_to.has_value());
  EXPECT_EQ(hidden.worth, "no gain expected: hidden");
}

}  // namespace
}  // namespace pyslow::render
