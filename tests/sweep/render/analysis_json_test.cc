#include "sweep/render/analysis_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "render_testing.h"

namespace pyslow::render {

using model::Findings;
using model::Timing;

namespace {

using nlohmann::json;

json Analysis(const Findings& findings) { return json::parse(AnalysisJson(findings)); }

TEST(AnalysisJsonTest, HasTheDocumentedKeys) {
  const json analysis = Analysis(WholeSweep());
  EXPECT_EQ(analysis["schema"], 1);
  EXPECT_EQ(analysis["unit"], "step");
  EXPECT_EQ(analysis["plain"]["seconds_per_unit"], json({0.98e-3, 0.97e-3, 0.99e-3}));
  EXPECT_EQ(analysis["control"]["trials"], 8);
  EXPECT_EQ(analysis["groups"].size(), 2U);
  EXPECT_EQ(analysis["functions"].size(), 4U);
  EXPECT_EQ(analysis["warnings"].size(), 2U);
  const json& global = analysis["global"];
  EXPECT_EQ(global["name"], "all Python functions");
  EXPECT_EQ(global["verdict"], "linear");
  EXPECT_EQ(global["reason"], "every_call_counts");
  EXPECT_EQ(global["why"], "every call counts");
  EXPECT_EQ(global["kappa_withheld"], "");
  EXPECT_EQ(global["no_gain"], "");
  EXPECT_EQ(analysis["functions"][2]["no_gain"], "no gain expected: hidden");
  EXPECT_EQ(analysis["steps"][1]["name"], "2. Global impact");
  EXPECT_NEAR(analysis["priorities"][0]["gain_up_to"][0].get<double>(), 1 / 0.99, 1e-9);
  EXPECT_EQ(global["calls_per_unit"], json({2.0, 2.0, 2.0}));
  EXPECT_EQ(global["elastic"], false);
  EXPECT_EQ(global["critical_calls_per_unit"][0], 2.0);
  EXPECT_EQ(global["own_seconds_per_unit"], 0);
  EXPECT_EQ(analysis["functions"][0]["own_seconds_per_unit"], 20e-6);
  EXPECT_EQ(global["kappa"], json({1.0, 0.95, 1.05}));
  EXPECT_TRUE(global["kappa_per_process"].is_null());
  EXPECT_TRUE(global["slack_seconds_per_unit"].is_null());
  EXPECT_TRUE(global["slack_seconds_per_call"].is_null());
  EXPECT_NEAR(global["change_at_largest_dose"][0].get<double>(), 1 / 1.2 - 1, 1e-9);
  EXPECT_NEAR(global["gain_up_to"][0].get<double>(), 1 / 0.98, 1e-9);
  EXPECT_EQ(global["trials"], 24);
}

TEST(AnalysisJsonTest, HasThePointsOfACurve) {
  const json point = Analysis(WholeSweep())["global"]["points"][1];
  EXPECT_EQ(point["delay_ns"], 10'000);
  EXPECT_NEAR(point["dose_seconds_per_unit"].get<double>(), 20e-6, 1e-12);
  EXPECT_NEAR(point["seconds_per_unit"][0].get<double>(), 1.02e-3, 1e-12);
  EXPECT_EQ(point["trials"], 8);
}

TEST(AnalysisJsonTest, HasTheFileAndLineOfAFunction) {
  const json function = Analysis(WholeSweep())["functions"][1];
  EXPECT_EQ(function["file"], "/srv/app/model.py");
  EXPECT_EQ(function["line"], 31);
  EXPECT_EQ(function["slack_seconds_per_call"], json({61e-6, 59e-6, 63e-6}));
  EXPECT_EQ(function["shape"]["kind"], "hinge");
}

TEST(AnalysisJsonTest, HasTheLinesOfARange) {
  Findings findings = WholeSweep();
  EXPECT_EQ(Analysis(findings)["lines"], json::array());
  findings.lines.push_back(findings.functions.front());
  findings.lines.front().lines = {12, 15};
  const json analysis = Analysis(findings);
  EXPECT_EQ(analysis["lines"][0]["lines"], json({12, 15}));
  EXPECT_FALSE(analysis["functions"][0].contains("lines"));
}

TEST(AnalysisJsonTest, IsNullIfNothingIsKnown) {
  const json analysis = Analysis(Findings());
  for (const char* key : {"plain", "control", "global"})
    EXPECT_TRUE(analysis[key].is_null()) << key;
  for (const char* key : {"groups", "functions", "warnings", "priorities"}) {
    EXPECT_EQ(analysis[key], json::array()) << key;
  }
}

TEST(AnalysisJsonTest, HasNullEndsWithoutInterval) {
  Findings findings;
  findings.control = Timing{{2.0, {}}, 1};
  EXPECT_EQ(Analysis(findings)["control"]["seconds_per_unit"], json({2.0, nullptr, nullptr}));
}

TEST(AnalysisJsonTest, IsValidForAnyNamesAndFigures) {
  Findings findings = WholeSweep();
  findings.groups[0].name = "\xff\"\n";
  findings.metric_names = {"p99"};
  findings.global->curve.levels[0].metrics = {{std::numeric_limits<double>::quiet_NaN(), {}}};
  const json analysis = Analysis(findings);
  EXPECT_EQ(analysis["groups"][0]["name"], "\\xff\"\n");
  EXPECT_TRUE(analysis["global"]["points"][0]["metrics"]["p99"][0].is_null());
}

}  // namespace
}  // namespace pyslow::render
