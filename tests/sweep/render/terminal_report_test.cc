#include "sweep/render/terminal_report.h"

#include <gtest/gtest.h>

#include "render_testing.h"

namespace pyslow::render {

using model::Findings;
using model::StepSummary;

namespace {

TEST(FormatCurveTest, ShowsTheTableAndTheFit) {
  const Findings findings = WholeSweep();
  EXPECT_EQ(
      FormatCurve(findings, *findings.global, {}),
      R"(delay  calls/step  dose/step               time/step               steps/s  change of throughput
    0       2.000          0  1.000ms [0.990, 1.010]      1000 [990, 1010]  control
 10us       2.000    20.00us  1.020ms [1.010, 1.030]  980.4 [970.6, 990.2]  -1.96% [-2.46, -1.46]
100us       2.000    200.0us  1.200ms [1.188, 1.212]  833.3 [825.0, 841.7]  -16.67% [-17.17, -16.17]

T0     1.00000ms [0.99900, 1.00100]  time of a step, no delay
n*     2.00 [1.90, 2.10]  calls of a step that are on the critical path
kappa  1.000 [0.950, 1.050]  share of the dose that reaches the clock (0: hidden, 1: all)
)");
}

TEST(FormatCurveTest, ShowsTheSlackOfAThreshold) {
  const Findings findings = WholeSweep();
  const std::string text = FormatCurve(findings, findings.functions[1], {});
  EXPECT_TRUE(Has(text, "D*     610us [590, 630]  slack of a step: the dose that stays hidden\n"));
}

TEST(FormatCurveTest, ShowsMetricsBesideThroughput) {
  Findings findings = WholeSweep();
  findings.metric_names = {"p99"};
  for (model::Level& level : findings.global->curve.levels) {
    level.metrics = {Between(1, 2, 3)};
  }
  EXPECT_TRUE(Has(FormatCurve(findings, *findings.global, {}), "2.0 [1.0, 3.0]"));
}

TEST(FormatCurveTest, HasNoFitForAnUncalledFunction) {
  const Findings findings = WholeSweep();
  EXPECT_FALSE(Has(FormatCurve(findings, findings.functions[3], {}), "n*"));
}

TEST(FormatRankingTest, ShowsTheChangeOfEach) {
  const Findings findings = WholeSweep();
  EXPECT_EQ(
      FormatRanking(findings, findings.functions, {}),
      R"(                  change  dose/step  calls/step  own time/step                  kappa                 verdict  name
   -9.09% [-9.59, -8.59]    100.0us       1.000        20.00us   1.000 [0.950, 1.050]    on the critical path  model:Layer.forward  [model]
-28.57% [-29.07, -28.07]    1.000ms       10.00              -   0.400 [0.380, 0.420]  hidden up to its slack  model:hide  [model]
     0.00% [-0.50, 0.50]    1.000ms       10.00              -  0.000 [-0.010, 0.010]                  hidden  model:<lambda>  [model]
                       -    1.000ms       10.00              -                      -            never called  model:capture  [model]
)");
}

TEST(FormatRankingTest, SaysWhichLinesWereNeverEntered) {
  Findings findings = WholeSweep();
  model::Result never;
  never.name = "app:step@11-12";
  never.lines = {11, 12};
  never.curve.reason.kind = model::Reason::Kind::kNeverCalled;
  const std::string table = FormatRanking(findings, {never}, TerminalOptions());
  EXPECT_TRUE(Has(table, "never entered  app:step@11-12")) << table;
}

TEST(FormatRankingTest, CountsTheOmittedLines) {
  const Findings findings = WholeSweep();
  TerminalOptions options;
  options.top = 1;
  EXPECT_TRUE(Has(FormatRanking(findings, findings.functions, options), "and 3 lines more"));
}

TEST(FormatOpportunityTest, ShowsEachPrediction) {
  EXPECT_EQ(FormatOpportunity(WholeSweep(), {}),
            R"(   steps/s, up to          gain, up to  if
 1002 [992, 1012]  +0.20% [0.00, 0.40]  each call took 1us less
1020 [1010, 1031]  +2.04% [1.84, 2.24]  each call took 10us less
)");
}

TEST(FormatFindingsTest, ShowsStepsPrioritiesAndWarnings) {
  const std::string text = FormatFindings(WholeSweep(), {});
  size_t at = 0;
  for (const char* part :
       {"1. Count", "only outside the window", "2. Global impact", "kappa", "3. Opportunity",
        "4. Subsystems", "5. Focus", "What to optimise first", "warning: "}) {
    const size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << " in\n" << text;
    at = found;
  }
}

TEST(FormatFindingsTest, HasColoursOnlyOnRequest) {
  EXPECT_FALSE(Has(FormatFindings(WholeSweep(), {}), "\033"));
  TerminalOptions options;
  options.style = Style(true);
  EXPECT_TRUE(Has(FormatFindings(WholeSweep(), options), "\033[1m2. Global impact\033[0m"));
}

TEST(FormatFindingsTest, EscapesControlCharacters) {
  Findings findings = WholeSweep();
  findings.groups[0].name = "\033[2J";
  findings.warnings = {WarningOf(model::Warning::Kind::kOtherHost)};
  findings.warnings.back().text = "\033[2J";
  EXPECT_FALSE(Has(FormatFindings(findings, {}), "\033"));
}

TEST(FormatFindingsTest, ShowsASweepThatEndedEarly) {
  Findings findings;
  StepSummary nothing;
  nothing.outcome = StepSummary::Outcome::kNothingCalled;
  nothing.next = StepSummary::Next::kNothingToSlow;
  findings.steps = {nothing};
  EXPECT_EQ(FormatFindings(findings, {}),
            "1. Count\nUntested: no function that the targets match was called.\n\n"
            "There is nothing to slow; the sweep ends here.\n");
}

}  // namespace
}  // namespace pyslow::render
