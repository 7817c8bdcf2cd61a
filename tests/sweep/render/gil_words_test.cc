#include "sweep/render/gil_words.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "render_testing.h"
#include "sweep/render/analysis_json.h"
#include "sweep/render/gate_words.h"
#include "sweep/render/html_report.h"
#include "sweep/render/summary_markdown.h"
#include "sweep/render/terminal_report.h"

namespace pyslow::render {
namespace {

using model::GilFinding;

GilFinding Gil(GilFinding::Outcome outcome, double low, double value, double high) {
  GilFinding gil;
  gil.outcome = outcome;
  gil.delay_ns = 10'000;
  gil.share = Between(low, value, high);
  gil.control_seconds = Between(0.99e-3, 1e-3, 1.01e-3);
  gil.held_seconds = Between(1.98e-3, 2e-3, 2.02e-3);
  gil.released_seconds = Between(1.36e-3, 1.38e-3, 1.4e-3);
  gil.held_change = Between(-0.51, -0.5, -0.49);
  gil.released_change = Between(-0.285, -0.275, -0.265);
  gil.blocks = 6;
  return gil;
}

GilFinding PartOfGil() { return Gil(GilFinding::Outcome::kPart, 0.55, 0.62, 0.7); }

// A sweep with --gil hold,release.
model::Findings SweepWithGil() {
  model::Findings findings = WholeSweep();
  findings.global->gil = PartOfGil();
  findings.functions.front().gil = Gil(GilFinding::Outcome::kNone, -0.02, 0.004, 0.03);
  findings.steps.insert(findings.steps.begin() + 3,
                        {model::Step::kGil, model::StepSummary::Outcome::kJudged,
                         model::StepSummary::Next::kSubsystems});
  return findings;
}

std::string SentenceOf(const GilFinding& gil) {
  model::Result result = ResultNamed("app:f", LineFinding(1, 1));
  result.kind = model::SubjectKind::kFunction;
  result.gil = gil;
  return GilSentence(result);
}

TEST(GilSentence, NamesTheShareOfTheCost) {
  EXPECT_EQ(
      SentenceOf(PartOfGil()),
      "62.0% [55.0, 70.0] of the cost of a slower app:f is other threads waiting for the GIL");
  EXPECT_EQ(
      SentenceOf(Gil(GilFinding::Outcome::kPart, 0.93, 0.98, 1.03)),
      "At least 93.0% and up to all of the cost of a slower app:f is other threads waiting for the "
      "GIL: 98.0% [93.0, 103.0]");
  EXPECT_EQ(SentenceOf(Gil(GilFinding::Outcome::kNone, -0.02, 0.004, 0.03)),
            "None of the cost of a slower app:f is other threads waiting for the GIL: 0.4% [-2.0, "
            "3.0]");
}

// What is not known is never a figure without its interval.
TEST(GilSentence, SaysWhatIsNotKnown) {
  EXPECT_EQ(SentenceOf(Gil(GilFinding::Outcome::kUndecided, -0.2, 0.12, 0.45)),
            "Not decided: 12% [-20, 45] of the cost of a slower app:f is other threads waiting for "
            "the GIL; more trials (--time-budget, --runs) would narrow the interval");
  GilFinding gil;
  EXPECT_EQ(SentenceOf(gil),
            "The GIL's share of the cost of a slower app:f is unknown: the delay has no measurable "
            "cost");
  gil.blocks = 3;
  EXPECT_TRUE(Has(SentenceOf(gil),
                  "is unknown: there are too few trials, or they are too noisy; run more"));
}

TEST(GilSentence, SaysThatReleasingTheGilCostsMore) {
  GilFinding gil = Gil(GilFinding::Outcome::kReleasedSlower, -1.2, -1, -0.8);
  EXPECT_TRUE(
      Has(SentenceOf(gil),
          "The GIL's share of the cost of a slower app:f is unknown: with the GIL released"));
  EXPECT_TRUE(Has(SentenceOf(gil), "(throughput -27.50% [-28.50, -26.50] released, -50.0%"))
      << SentenceOf(gil);
  gil.share.reset();
  gil.blocks = 0;
  gil.wait_seconds = 0.005;
  EXPECT_TRUE(Has(SentenceOf(gil),
                  "each delayed call waits 5.000ms to get it back, so trials would exceed"))
      << SentenceOf(gil);
}

TEST(GilSentence, IsEmptyIfTheModesWereNotCompared) {
  EXPECT_EQ(GilSentence(ResultNamed("app:f", LineFinding(1, 1))), "");
  EXPECT_TRUE(GilResults(WholeSweep()).empty());
  EXPECT_FALSE(Has(AnalysisJson(WholeSweep()), "\"gil\""));
  EXPECT_FALSE(Has(HtmlReport(WholeSweep()), "GIL"));
}

TEST(Gil, IsInEveryReport) {
  const model::Findings findings = SweepWithGil();
  const std::string everything =
      "62.0% [55.0, 70.0] of the cost of slower Python is other threads waiting for the GIL";
  const std::string function = "None of the cost of a slower model:Layer.forward is other";
  const std::string terminal = FormatFindings(findings, {.width = 1000});
  const std::string html = HtmlReport(findings);
  for (const std::string& text : {terminal, html}) {
    EXPECT_TRUE(Has(text, everything)) << text;
    EXPECT_TRUE(Has(text, function));
    EXPECT_TRUE(Has(text, "1.380ms [1.360, 1.400]")) << text;
  }
  const std::string summary = SummaryMarkdown(findings);
  EXPECT_TRUE(Has(summary, "62.0% \\[55.0, 70.0] of the cost of slower Python")) << summary;
  EXPECT_TRUE(Has(terminal, "The GIL\n"));
  const auto json = nlohmann::json::parse(AnalysisJson(findings));
  const auto& gil = json["global"]["gil"];
  EXPECT_EQ(gil["outcome"], "part");
  EXPECT_EQ(gil["share"], nlohmann::json({0.62, 0.55, 0.7}));
  EXPECT_EQ(gil["sentence"], everything);
  EXPECT_EQ(gil["delay_ns"], 10'000);
  EXPECT_EQ(gil["released_change"][0], -0.275);
  EXPECT_TRUE(gil["wait_seconds"].is_null());
  EXPECT_EQ(json["functions"][0]["gil"]["outcome"], "none");
  EXPECT_FALSE(json["functions"][1].contains("gil"));
}

TEST(Gil, WithoutTrialsHasNoFigures) {
  model::Findings findings = SweepWithGil();
  findings.global->gil = GilFinding();
  findings.functions.front().gil.reset();
  const auto gil = nlohmann::json::parse(AnalysisJson(findings))["global"]["gil"];
  EXPECT_EQ(gil["outcome"], "no_cost");
  EXPECT_TRUE(gil["share"].is_null());
  EXPECT_TRUE(gil["held_seconds_per_unit"].is_null());
  EXPECT_EQ(GilRows(GilResults(findings), "run").size(), 1U);
}

TEST(GateLine, JudgesTheShareOfTheGil) {
  model::Gate gate;
  gate.text = "gil>50%";
  gate.figure = model::Gate::Figure::kGil;
  gate.limit = 0.5;
  model::Findings findings = SweepWithGil();
  EXPECT_EQ(GateLine(gate, model::Judge(gate, findings)),
            "--fail-if gil>50% holds: all Python functions 62.0% [55.0, 70.0]");
  findings.global->gil->share.reset();
  EXPECT_EQ(model::Judge(gate, findings).open.size(), 1U);
  EXPECT_EQ(model::Judge(gate, findings).judged, 2U);
  EXPECT_EQ(model::Judge(gate, WholeSweep()).judged, 0U);
}

}  // namespace
}  // namespace pyslow::render
