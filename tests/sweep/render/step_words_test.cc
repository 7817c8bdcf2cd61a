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

TEST(StepSentenceTest, OfCountingSaysIfTheBudgetIsTooShort) {
  Findings findings = WholeSweep();
  findings.steps[0].least_seconds = 800;
  EXPECT_TRUE(Has(StepSentence(findings, findings.steps[0]),
                  "counted. The next step needs 800.0s of trials or more, longer than what "
                  "--time-budget leaves"));
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

Findings SweptLines() {
  Findings findings = WholeSweep();
  model::Result body = findings.functions.front();
  body.name = "app:step@6";
  body.lines = {6, 6};
  model::Result never;
  never.name = "app:step@11-12";
  never.lines = {11, 12};
  never.curve.reason.kind = Reason::Kind::kNeverCalled;
  findings.lines = {std::move(body), std::move(never)};
  return findings;
}

StepSummary LinesSummary() {
  StepSummary summary;
  summary.step = Step::kLines;
  summary.outcome = StepSummary::Outcome::kRanked;
  summary.function = "app:step";
  summary.calls_per_unit = 17;
  summary.seconds_per_unit = 1.25e-3;
  summary.control_seconds = 1e-3;
  return summary;
}

TEST(StepSentenceTest, OfLinesGivesTheCostOfTheirEvents) {
  const Findings findings = SweptLines();
  const std::string sentence = StepSentence(findings, LinesSummary());
  EXPECT_TRUE(Has(sentence, "app:step@6 matters most")) << sentence;
  EXPECT_TRUE(Has(sentence, "more per entry costs")) << sentence;
  EXPECT_TRUE(Has(sentence, "of 2 line ranges is on the critical path")) << sentence;
  EXPECT_TRUE(Has(sentence,
                  ". The lines of app:step are entered 17.00 times a step. With an event for each, "
                  "a step lasts 1.250ms, in the steps before 1.000ms; the controls of this step "
                  "have these events too."))
      << sentence;
}

TEST(StepSentenceTest, SaysThatLinesWereNeverEntered) {
  Findings findings = SweptLines();
  findings.lines.erase(findings.lines.begin());
  StepSummary summary = LinesSummary();
  summary.outcome = StepSummary::Outcome::kNothingToCompare;
  EXPECT_EQ(StepSentence(findings, summary), "No line range was entered in the measured time");
}

TEST(StepSentenceTest, SaysThatThereWasNoTime) {
  StepSummary summary = Subsystems(StepSummary::Next::kNothingToCompare);
  summary.outcome = StepSummary::Outcome::kNoTime;
  EXPECT_EQ(StepSentence({}, summary),
            "There was no time left to slow a subsystem by itself (--time-budget)");
  summary.step = Step::kSites;
  EXPECT_TRUE(Has(StepSentence({}, summary), "slow a call site by itself"));
}

TEST(StepSentenceTest, SaysWhyThereAreNoLines) {
  StepSummary summary = LinesSummary();
  summary.outcome = StepSummary::Outcome::kNoLines;
  const auto sentence = [&](StepSummary::NoLines why) {
    summary.no_lines = why;
    return StepSentence({}, summary);
  };
  EXPECT_EQ(sentence(StepSummary::NoLines::kNative),
            "app:step is no Python function, so it has no lines to slow");
  EXPECT_EQ(sentence(StepSummary::NoLines::kPartOfFunction),
            "app:step is already a part of a function");
  EXPECT_TRUE(Has(sentence(StepSummary::NoLines::kNoPattern), "No target can name app:step"));
  EXPECT_TRUE(Has(sentence(StepSummary::NoLines::kNoneCounted),
                  "The lines of app:step are not known: its code raised no events"));
}

TEST(NextSentenceTest, NamesTheFunctionWhoseLinesFollow) {
  StepSummary summary;
  summary.step = Step::kFocus;
  summary.next = StepSummary::Next::kLines;
  summary.function = "app:step";
  EXPECT_EQ(NextSentence({}, summary), "Next, the lines of app:step.");
}

TEST(NextSentenceTest, NamesTheSubsystems) {
  const Findings findings = WholeSweep();
  EXPECT_EQ(NextSentence(findings, findings.steps[3]), "Next, the functions of model.");
}

// The steps of the global curve are shown again after those of its parts.
TEST(NextSentenceTest, ComesBackToAllCalls) {
  StepSummary summary;
  summary.step = Step::kFocus;
  summary.next = StepSummary::Next::kImpactAgain;
  EXPECT_TRUE(Has(NextSentence({}, summary), "all calls at once again"));
  summary.next = StepSummary::Next::kLastStep;
  for (const Step step : {Step::kGlobal, Step::kOpportunity}) {
    summary.step = step;
    EXPECT_EQ(NextSentence(WholeSweep(), summary), "That was the last step.");
  }
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
