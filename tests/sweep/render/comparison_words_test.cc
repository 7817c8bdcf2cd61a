#include "sweep/render/comparison_words.h"

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

using model::Comparison;
using Outcome = model::VersionTimes::Outcome;
using Place = Comparison::Place;

model::VersionTimes Times(Outcome outcome, double low, double value, double high) {
  model::VersionTimes times;
  times.outcome = outcome;
  times.first_seconds = Between(0.99e-3, 1e-3, 1.01e-3);
  times.other_seconds = Between(0.89e-3, 0.9e-3, 0.91e-3);
  times.change = Between(low, value, high);
  times.time_change = Between(1 / (1 + high) - 1, 1 / (1 + value) - 1, 1 / (1 + low) - 1);
  times.first_trials = 6;
  times.other_trials = 6;
  return times;
}

model::FunctionDifference DifferenceOf(const std::string& name, double first, double other) {
  model::FunctionDifference difference;
  difference.name = name;
  difference.first_calls = difference.other_calls = 10;
  difference.first_own_seconds = first;
  difference.other_own_seconds = other;
  const double change = other - first;
  difference.own_change_seconds = Between(change - 1e-6, change, change + 1e-6);
  difference.predicted_change = Between(0.09, 0.1, 0.11);
  return difference;
}

model::Findings FasterFindings() {
  model::Findings findings;
  findings.unit = "step";
  Comparison& comparison = findings.comparison.emplace();
  comparison.other = "X=1 <new|.py>";
  comparison.smallest_change = 0.01;
  comparison.blocks = 3;
  comparison.plain = Times(Outcome::kFaster, 0.10, 0.112, 0.124);
  comparison.control = Times(Outcome::kFaster, 0.09, 0.105, 0.12);
  comparison.predicted_change = Between(0.09, 0.1, 0.11);
  comparison.predicted_time_change = Between(-0.1, -0.09, -0.08);
  comparison.place = Place::kInFunctions;
  comparison.functions = {DifferenceOf("app:hot<b>", 4e-4, 3e-4),
                          DifferenceOf("app:same", 1e-4, 1e-4)};
  model::StepSummary summary;
  summary.step = model::Step::kCompare;
  summary.outcome = model::StepSummary::Outcome::kCompared;
  findings.steps.push_back(summary);
  return findings;
}

TEST(ComparisonSentence, SaysWhichIsFaster) {
  model::Findings findings = FasterFindings();
  Comparison& comparison = *findings.comparison;
  EXPECT_EQ(ComparisonSentence(comparison, "step"),
            "The other version is faster: +11.2% [10.0, 12.4] steps/s");
  comparison.plain = Times(Outcome::kEqual, -0.004, 0.001, 0.006);
  EXPECT_EQ(
      ComparisonSentence(comparison, "step"),
      "Both versions are equally fast: +0.10% [-0.40, 0.60] steps/s; less than 1.00% does not "
      "matter (--min-gain)");
  comparison.plain = Times(Outcome::kUndecided, -0.04, 0.01, 0.06);
  EXPECT_TRUE(Has(ComparisonSentence(comparison, "step"), "Not decided: +1.0% [-4.0, 6.0]"));
  EXPECT_TRUE(Has(ComparisonSentence(comparison, "step"), "more trials"));
  comparison.plain->is_coarse = true;
  EXPECT_TRUE(Has(ComparisonSentence(comparison, "step"), "too few digits"));
  comparison.plain.reset();
  EXPECT_TRUE(Has(ComparisonSentence(comparison, "step"), "faster: +10"));
}

TEST(PlaceSentence, SaysWhereTheChangeLies) {
  model::Findings findings = FasterFindings();
  Comparison& comparison = *findings.comparison;
  EXPECT_EQ(PlaceSentence(comparison),
            "The change lies in the functions below: their own time predicts +10.0% [9.0, 11.0]; "
            "+10.5% [9.0, 12.0] was measured with every function instrumented");
  comparison.place = Place::kElsewhere;
  EXPECT_TRUE(Has(PlaceSentence(comparison), "does not lie in the functions' own time"));
  comparison.place = Place::kPartly;
  EXPECT_TRUE(Has(PlaceSentence(comparison), "A part of the change"));
  comparison.place = Place::kUnclear;
  EXPECT_TRUE(Has(PlaceSentence(comparison), "not clear"));
  comparison.place = Place::kNothingToPlace;
  EXPECT_TRUE(Has(PlaceSentence(comparison), "shown only with every function instrumented"));
  comparison.control = Times(Outcome::kUndecided, -0.01, 0.01, 0.03);
  EXPECT_TRUE(Has(PlaceSentence(comparison), "no change is shown"));
  comparison.place = Place::kNotPredicted;
  comparison.no_prediction = Comparison::NoPrediction::kNoOwnTime;
  EXPECT_TRUE(Has(PlaceSentence(comparison), "own time was measured"));
}

TEST(DifferenceRows, ListsOnlyWhatDiffers) {
  model::Findings findings = FasterFindings();
  Comparison& comparison = *findings.comparison;
  EXPECT_EQ(DifferenceCount(comparison), 1U);
  auto rows = DifferenceRows(comparison, "step", 10);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].front(), "400.0us");
  EXPECT_EQ(rows[1][2], "-100.0us [-101.0, -99.0]");
  comparison.functions[1].other_calls = 12;
  EXPECT_EQ(DifferenceRows(comparison, "step", 10).size(), 3U);
  EXPECT_EQ(DifferenceRows(comparison, "step", 1).size(), 2U);
}

TEST(Comparison, IsInEveryOutput) {
  const model::Findings findings = FasterFindings();
  const std::string sentence = "The other version is faster: +11.2% [10.0, 12.4] steps/s";
  const std::string html = HtmlReport(findings);
  EXPECT_TRUE(Has(html, "<h1>Is the other version faster?</h1>"));
  EXPECT_TRUE(Has(html, sentence));
  EXPECT_TRUE(Has(html, "app:hot&lt;b&gt;"));
  EXPECT_TRUE(Has(html, "X=1 &lt;new|.py&gt;"));
  const std::string markdown = SummaryMarkdown(findings);
  EXPECT_TRUE(Has(markdown, "The other version is faster: +11.2% \\[10.0, 12.4] steps/s"));
  EXPECT_TRUE(Has(markdown, "`app:hot<b>`"));
  const std::string terminal = FormatFindings(findings, {});
  EXPECT_TRUE(Has(terminal, "3. Two versions\n" + sentence));
  EXPECT_TRUE(Has(terminal, "app:hot<b>"));
  const auto json = nlohmann::json::parse(AnalysisJson(findings))["comparison"];
  EXPECT_EQ(json["outcome"], "faster");
  EXPECT_EQ(json["place"], "in_functions");
  EXPECT_EQ(json["functions"][0]["name"], "app:hot<b>");
  EXPECT_FALSE(nlohmann::json::parse(AnalysisJson({})).contains("comparison"));
}

TEST(GateLine, JudgesTheComparisonAndNoResult) {
  model::Findings findings = FasterFindings();
  findings.compares_versions = true;
  findings.groups.emplace_back().curve.change_at_largest_dose = Between(-0.9, -0.8, -0.7);
  model::Gate gate;
  gate.text = "change<-2%";
  gate.is_below = true;
  gate.limit = -0.02;
  model::Findings interrupted = findings;
  interrupted.comparison.reset();
  EXPECT_EQ(model::Judge(gate, interrupted).judged, 0U);
  EXPECT_EQ(GateLine(gate, model::Judge(gate, findings)), "--fail-if change<-2% does not hold");
  findings.comparison->plain = Times(Outcome::kSlower, -0.06, -0.05, -0.04);
  EXPECT_EQ(GateLine(gate, model::Judge(gate, findings)),
            "--fail-if change<-2% holds: the other version -5.0% [-6.0, -4.0]");
  findings.comparison->plain = Times(Outcome::kUndecided, -0.06, -0.02, 0.02);
  EXPECT_TRUE(
      Has(GateLine(gate, model::Judge(gate, findings)), "is not decided: the other version"));
  gate.figure = model::Gate::Figure::kOutcome;
  gate.outcome = Outcome::kSlower;
  EXPECT_EQ(model::Judge(gate, findings).open.size(), 1U);
  findings.comparison->plain = Times(Outcome::kSlower, -0.06, -0.05, -0.04);
  EXPECT_EQ(model::Judge(gate, findings).holds.size(), 1U);
  gate.outcome = Outcome::kFaster;
  EXPECT_TRUE(model::Judge(gate, findings).holds.empty());
}

}  // namespace
}  // namespace pyslow::render
