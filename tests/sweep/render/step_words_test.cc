#include "sweep/render/step_words.h"

#include <gtest/gtest.h>

#include "render_testing.h"

namespace pyslow::render {

using model::Findings;
using model::Reason;
using model::Step;
using model::StepSummary;

namespace {

StepSummary Subsystems(StepSummary::Next next) {
  return {Step::kSubsystems, StepSummary::Outcome::kRanked, next};
}

TEST(StepSentenceTest, OfCountingGivesCallsFunctionsAndTime) {
  const Findings findings = WholeSweep();
  EXPECT_EQ(StepSentence(findings, findings.steps[0]),
            "1.000 calls a step, of 2 functions in 1 package; a step lasts 1.000ms with every call "
            "counted");
}

TEST(StepSentenceTest, SaysIfFunctionsWereCalledOnlyOutsideTheWindow) {
  StepSummary summary;
  summary.outcome = StepSummary::Outcome::kCalledOutsideWindow;
  summary.functions = 1;
  EXPECT_TRUE(Has(StepSentence({}, summary),
                  "Untested: 1 function was called before or after the window, none in it"));
}

TEST(StepSentenceTest, SaysThatTheWindowNeverOpened) {
  StepSummary summary;
  summary.outcome = StepSummary::Outcome::kWindowNeverOpened;
  summary.trial_seconds = 0.125;
  summary.start_seconds = 5;
  EXPECT_EQ(StepSentence({}, summary),
            "Untested: the window never opened. It opens 5.000s after the start (--start), and the "
            "run ended after 125.0ms");
  summary.start_at = "app:step";
  EXPECT_EQ(StepSentence({}, summary),
            "Untested: the window never opened. It opens at the first call of app:step "
            "(--start-at), which did not come before the run ended after 125.0ms");
}

TEST(StepSentenceTest, OfARankingIsTheRankingSentence) {
  const Findings findings = WholeSweep();
  EXPECT_TRUE(Has(StepSentence(findings, findings.steps[3]), "model matters most"));
  EXPECT_TRUE(Has(StepSentence(findings, findings.steps[4]), "model:Layer.forward matters most"));
}

TEST(NextSentenceTest, NamesTheSubsystems) {
  const Findings findings = WholeSweep();
  EXPECT_EQ(NextSentence(findings, findings.steps[3]), "Next, the functions of model.");
}

TEST(NextSentenceTest, WithoutWinnersDependsOnTheRanking) {
  Findings findings = WholeSweep();
  const StepSummary summary = Subsystems(StepSummary::Next::kNothingStandsOut);
  EXPECT_TRUE(Has(NextSentence(findings, summary), "may be chance"));
  findings.groups = {ResultNamed("f", NoneFinding())};
  EXPECT_TRUE(Has(NextSentence(findings, summary), "count only together"));
  findings.groups.front().curve.reason.kind = Reason::Kind::kNoiseHides;
  EXPECT_TRUE(Has(NextSentence(findings, summary), "More trials (--time-budget, --runs)"));
}

}  // namespace
}  // namespace pyslow::render
