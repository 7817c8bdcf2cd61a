// What to leave alone, harmless delays, and summary.md.
#include "sweep/render/advice_words.h"

#include <gtest/gtest.h>

#include <string>

#include "render_testing.h"
#include "sweep/render/html_report.h"
#include "sweep/render/summary_markdown.h"
#include "sweep/render/terminal_report.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

TEST(ToleranceText, IsTheDelayThatCostsOnePercent) {
  model::CurveFinding curve = LineFinding(10, 1);
  EXPECT_EQ(ToleranceText(curve), "");
  curve.one_percent_delay_seconds = Between(0.9e-6, 1e-6, 1.1e-6);
  EXPECT_EQ(ToleranceText(curve), "1.00us [0.90, 1.10]");
  EXPECT_EQ(ToleranceMeaning(curve), "more per call costs 1% of the throughput");
}

TEST(ToleranceText, OfAHiddenSubjectIsADelayThatCostsLess) {
  model::CurveFinding curve = NoneFinding();
  curve.harmless_delay_seconds = 62e-6;
  EXPECT_EQ(ToleranceText(curve), "62.00us");
  EXPECT_EQ(ToleranceMeaning(curve), "more per call costs less than 1% of the throughput");
}

TEST(LeaveAlone, NamesHiddenAndSmallSubjectsByOwnTime) {
  model::Findings findings = WholeSweep();
  findings.functions[2].own_seconds_per_unit = 1e-6;
  model::Result small = ResultNamed("model:small", UntestedFinding());
  small.curve.reason.kind = model::Reason::Kind::kLittleToGain;
  small.curve.gain_bound = 0.004;
  small.own_seconds_per_unit = 4e-6;
  findings.functions.push_back(small);
  EXPECT_EQ(LeaveAlone(findings, 3),
            "model:small (gains at most 0.40%), model:<lambda> (hidden), model:hide (hidden up to "
            "61.00us more per call), 1 other");
}

TEST(LeaveAlone, NamesNoSubjectThatMayCount) {
  model::Findings findings = WholeSweep();
  findings.groups.clear();
  findings.functions = {ResultNamed("a:f", LineFinding(1, 1)),
                        ResultNamed("a:g", LineFinding(1, 1)),
                        ResultNamed("a:h", UntestedFinding())};
  findings.functions[1].curve.reason.kind = model::Reason::Kind::kNoiseHides;
  EXPECT_EQ(LeaveAlone(findings), "");
}

TEST(LeaveAlone, EndsTheTerminalReport) {
  const std::string text = FormatPriorities(WholeSweep(), TerminalOptions());
  EXPECT_TRUE(Has(text, "What to optimise first\n 1. model:Layer.forward\n")) << text;
  EXPECT_TRUE(Has(text, "\nLeave alone: model:hide (hidden up to 61.00us more per call), "))
      << text;
}

// An order without a verdict is that of own time, which tells nothing of the critical path.
TEST(Priorities, AreNoRankingWithoutAVerdict) {
  model::Findings findings = WholeSweep();
  findings.priorities.resize(1);
  findings.priorities.push_back(findings.priorities.front());
  findings.priorities.front().verdict = model::Verdict::kInconclusive;
  EXPECT_TRUE(IsRanking(findings.priorities));
  EXPECT_TRUE(Has(HtmlReport(findings), "<h2>What to optimise first</h2>"));
  findings.priorities.back().verdict = model::Verdict::kUntested;
  EXPECT_FALSE(IsRanking(findings.priorities));
  const std::string text = FormatPriorities(findings, TerminalOptions());
  EXPECT_TRUE(Has(text, "What may be worth optimising (no verdict yet)\n  - model:Layer.forward\n"))
      << text;
  EXPECT_FALSE(Has(text, "1. ")) << text;
  const std::string page = HtmlReport(findings);
  EXPECT_TRUE(Has(page, "<h2>What may be worth optimising (no verdict yet)</h2>"));
  EXPECT_FALSE(Has(page, "1. model:Layer.forward"));
  EXPECT_TRUE(Has(SummaryMarkdown(findings), "| no verdict yet | gain | evidence |"));
  findings.priorities.clear();
  EXPECT_TRUE(IsRanking(findings.priorities));
}

TEST(SummaryMarkdown, HasTheVerdictTheLeadersAndTheEvidence) {
  model::Findings findings = WholeSweep();
  findings.commands = {"pyslow-sweep --out x -- app.py"};
  findings.trials = 200;
  findings.seconds = 61;
  const std::string text = SummaryMarkdown(findings);
  EXPECT_TRUE(Has(text, "**Python is on the critical path: ")) << text;
  EXPECT_TRUE(Has(text, "| `model:Layer.forward` | up to ")) << text;
  EXPECT_TRUE(Has(text, "**Leave alone:** ")) << text;
  EXPECT_TRUE(Has(text, "- Disturbed: in 3 of 200 trials")) << text;
  EXPECT_TRUE(Has(text, "200 trials in 61.00s")) << text;
  EXPECT_TRUE(Has(text, "\n    pyslow-sweep --out x -- app.py\n")) << text;
}

TEST(SummaryMarkdown, HasATimeBelowASecond) {
  model::Findings findings = WholeSweep();
  findings.trials = 3;
  findings.seconds = 0.4;
  EXPECT_TRUE(Has(SummaryMarkdown(findings), "3 trials in 400.0ms"));
}

// A name cannot become a tag, a link, a further cell or emphasis.
TEST(SummaryMarkdown, MasksWhatMarkdownInterprets) {
  model::Findings findings = WholeSweep();
  findings.functions = {ResultNamed("m:<b>[x](y)*_|", NoneFinding())};
  findings.priorities.front().name = "m:a|b`c";
  const std::string text = SummaryMarkdown(findings);
  EXPECT_TRUE(Has(text, "m:\\<b>\\[x](y)\\*\\_\\|")) << text;
  EXPECT_TRUE(Has(text, "| `m:a\\|b'c` |")) << text;
}

}  // namespace
}  // namespace pyslow::render
