#include "sweep/render/diff_words.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "render_testing.h"

namespace pyslow::render {
namespace {

const DiffedSweep kFirst = {"before", "2026-11-01T10:00:00Z", "step"};
const DiffedSweep kOther = {"after", "2026-11-02T10:00:00Z", "step"};

model::Result FunctionResult(const std::string& qualname, double kappa) {
  model::Result result;
  result.kind = model::SubjectKind::kFunction;
  result.name = "app:" + qualname;
  result.function = FunctionId{"app", qualname, "app.py", 1};
  result.curve = LineFinding(10, kappa);
  return result;
}

model::Findings FindingsWith(double seconds, double kappa, const std::string& alone) {
  model::Findings findings;
  findings.control = model::Timing{Between(0.98 * seconds, seconds, 1.02 * seconds), 8};
  findings.functions = {FunctionResult("hot", kappa), FunctionResult(alone, 1)};
  findings.machine = {{"host", "a"}, {"cores", "2"}};
  findings.settings = {{"command", alone}, {"events", "start"}, {"seed", alone}};
  return findings;
}

TEST(DiffOf, HasTheIntervalsOfIndependentEstimates) {
  const model::Findings first = FindingsWith(1e-3, 1, "old");
  const model::Findings other = FindingsWith(2e-3, 0.5, "new");
  const model::SweepDiff diff = model::DiffOf(first, other);
  ASSERT_EQ(diff.subjects.size(), 1U);
  const model::FigureDiff& kappa = diff.subjects[0].kappa;
  EXPECT_DOUBLE_EQ(kappa.change->value, -0.5);
  EXPECT_NEAR(kappa.change->range->high - kappa.change->value, std::hypot(0.05, 0.025), 1e-12);
  EXPECT_TRUE(kappa.is_shown());
  EXPECT_NEAR(diff.control_change->value, -0.5, 1e-12);
  // Both are known to 2%, so their ratio to 2.8%.
  EXPECT_NEAR(diff.control_change->range->high + 0.5, 0.5 * std::hypot(0.02, 0.02), 1e-9);
  EXPECT_EQ(diff.gone, std::vector<std::string>{"app:old"});
  EXPECT_EQ(diff.added, std::vector<std::string>{"app:new"});
}

TEST(DiffOf, AMissingFigureHasNoDifference) {
  model::Findings first = FindingsWith(1e-3, 1, "old");
  model::Findings other = first;
  other.functions[0].curve.kappa.reset();
  other.control.reset();
  const model::SweepDiff diff = model::DiffOf(first, other);
  EXPECT_FALSE(diff.subjects[0].kappa.change.has_value());
  EXPECT_FALSE(diff.control_change.has_value());
  EXPECT_TRUE(diff.gone.empty());
}

TEST(FormatDiff, ShowsFiguresNamesAndWhatMakesThemIncomparable) {
  const model::Findings first = FindingsWith(1e-3, 1, "old");
  model::Findings other = FindingsWith(2e-3, 0.5, "new");
  other.machine[0].second = "b\x1b[1m";
  other.settings[1].second = "resume";
  other.functions[0].curve.reason.kind = model::Reason::Kind::kPartCounts;
  const model::SweepDiff diff = model::DiffOf(first, other);
  const std::string text = FormatDiff(diff, kFirst, kOther, {});
  EXPECT_TRUE(Has(text, "-50.0% [-51.4, -48.6] steps/s")) << text;
  EXPECT_TRUE(Has(text, "gone: app:old\n"));
  EXPECT_TRUE(Has(text, "new: app:new\n"));
  EXPECT_TRUE(Has(text, "changed"));
  EXPECT_TRUE(Has(text, "warning: host differs: 'a', 'b"));
  EXPECT_TRUE(Has(text, "warning: events differs: 'start', 'resume'"));
  EXPECT_TRUE(Has(text, "command differs: 'old', 'new'"));
  EXPECT_FALSE(Has(text, "warning: command"));
  EXPECT_FALSE(Has(text, "seed"));
  EXPECT_FALSE(Has(text, "\x1b"));
  EXPECT_TRUE(Has(text, "2026-11-01T10:00:00Z"));
  const auto json = nlohmann::json::parse(DiffJson(diff, kFirst, kOther));
  EXPECT_EQ(json["subjects"][0]["verdict"], "linear");
  EXPECT_EQ(json["subjects"][0]["other_verdict"], "sub-linear");
  EXPECT_EQ(json["warnings"].size(), 2U);
  EXPECT_NEAR(json["change"][0].get<double>(), -0.5, 1e-12);
}

TEST(FormatDiff, WarnsOfOtherDelays) {
  model::Findings first = FindingsWith(1e-3, 1, "old");
  model::Findings other = first;
  first.global = FunctionResult("all", 1);
  other.global = first.global;
  other.global->curve.levels.pop_back();
  EXPECT_TRUE(Has(FormatDiff(model::DiffOf(first, other), kFirst, kOther, {}),
                  "warning: the largest delays of all functions differ: 100us, 10us"));
}

}  // namespace
}  // namespace pyslow::render
