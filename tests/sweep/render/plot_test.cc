#include "sweep/render/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "render_testing.h"
#include "sweep/render/svg_chart.h"

namespace pyslow::render {

using model::Result;

namespace {

using model::CurveFinding;

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

constexpr char kPointMark[] = "<circle class=\"data\"";

TEST(NiceTicks, AreRoundNumbersInTheRange) {
  using ::testing::DoubleNear;
  using ::testing::ElementsAre;
  EXPECT_THAT(NiceTicks(-3, 11, 6), ElementsAre(0, 5, 10));
  EXPECT_THAT(NiceTicks(994, 1006, 4), ElementsAre(995, 1000, 1005));
  EXPECT_THAT(NiceTicks(0.01, 0.61, 5),
              ElementsAre(DoubleNear(0.2, 1e-12), DoubleNear(0.4, 1e-12), DoubleNear(0.6, 1e-12)));
  EXPECT_TRUE(NiceTicks(1, 1, 5).empty());
  EXPECT_TRUE(NiceTicks(0, std::numeric_limits<double>::infinity(), 5).empty());
}

TEST(CurvePlot, HasAPointForEachLevelWithItsFigures) {
  const CurveFinding curve = LineFinding(2, 1);
  for (const Quantity quantity : {Quantity::kTime, Quantity::kThroughput}) {
    const std::string svg = CurvePlot(curve, quantity, "step");
    EXPECT_EQ(CountOf(svg, kPointMark), curve.levels.size()) << svg;
    EXPECT_TRUE(Has(svg, "<title>100us: 1.200ms [1.188, 1.212] per step, ")) << svg;
  }
}

// 10 us per call at 2 calls per unit of 1 ms: the last of three points is 20% above the first.
TEST(CurvePlot, MapsValuesToTheAxes) {
  SvgChart::Layout layout;
  layout.left = 100;
  layout.width = 310;
  layout.height = 256;
  SvgChart chart(layout, {0, 10}, {0, 1});
  chart.Point({10, 1}, {1, 1}, false, "");
  chart.Point({0, 0}, {0, 0}, false, "");
  EXPECT_TRUE(Has(chart.Svg(), "cx=\"300.00\" cy=\"10.00\""));
  EXPECT_TRUE(Has(chart.Svg(), "cx=\"100.00\" cy=\"210.00\""));
}

TEST(CurvePlot, ALineExtendsToFasterCode) {
  EXPECT_TRUE(Has(CurvePlot(LineFinding(2, 1), Quantity::kTime, "step"), "faster"));
  EXPECT_FALSE(Has(CurvePlot(NoneFinding(), Quantity::kTime, "step"), "faster"));
}

TEST(CurvePlot, AThresholdHasItsKnee) {
  EXPECT_TRUE(Has(CurvePlot(ThresholdFinding(), Quantity::kTime, "step"), "slack ends"));
  EXPECT_FALSE(Has(CurvePlot(LineFinding(2, 1), Quantity::kTime, "step"), "slack ends"));
}

// Colours are those of the page, for light and dark.
TEST(CurvePlot, HasNoColourOfItsOwn) {
  for (const CurveFinding& curve : {LineFinding(2, 1), ThresholdFinding()}) {
    const std::string svg = CurvePlot(curve, Quantity::kTime, "step");
    for (const char* part : {"rgb", "#", "style=", "fill=", "stroke="}) {
      EXPECT_FALSE(Has(svg, part)) << part;
    }
  }
}

TEST(CurvePlot, LeavesOutWhatIsNotFinite) {
  CurveFinding curve = LineFinding(2, 1);
  curve.levels[1].seconds_per_unit = {std::numeric_limits<double>::quiet_NaN(), {}};
  const std::string svg = CurvePlot(curve, Quantity::kTime, "step");
  EXPECT_EQ(CountOf(svg, kPointMark), 2U);
  EXPECT_FALSE(Has(svg, "nan"));
  curve.levels.back().throughput = {std::numeric_limits<double>::infinity(), {}};
  EXPECT_FALSE(Has(CurvePlot(curve, Quantity::kThroughput, "step"), "inf "));
}

TEST(RankingPlotTest, EscapesAndShortensNames) {
  std::vector<Result> ranked = WholeSweep().groups;
  ranked[0].name = std::string(200, 'n') + "</text><script>";
  const std::string svg = RankingPlot(ranked)->svg;
  EXPECT_TRUE(Has(svg, "&lt;b&gt;&amp;"));
  EXPECT_FALSE(Has(svg, "<b>"));
  EXPECT_FALSE(Has(svg, "<script>"));
  EXPECT_TRUE(Has(svg, "\u2026"));
  EXPECT_EQ(CountOf(svg, std::string(200, 'n')), 2U);  // under the pointer: of the name and the bar
}

TEST(RankingPlotTest, DrawsTheCriticalFractionIfAllHaveOne) {
  std::vector<Result> ranked = WholeSweep().functions;
  EXPECT_TRUE(Has(RankingPlot(ranked)->what, "critical fraction"));
  ranked[0].curve.kappa.reset();
  EXPECT_TRUE(Has(RankingPlot(ranked)->what, "throughput lost"));
}

TEST(RankingPlotTest, SaysThatItLeavesOutSome) {
  const Result one = WholeSweep().functions.front();
  EXPECT_FALSE(Has(RankingPlot(std::vector<Result>(kMaxBars, one))->what, "first"));
  const std::string what = RankingPlot(std::vector<Result>(kMaxBars + 5, one))->what;
  EXPECT_TRUE(Has(what, "; the first 15 of 20")) << what;
}

TEST(RankingPlotTest, IsEmptyWithoutFigures) {
  EXPECT_FALSE(RankingPlot({}).has_value());
  CurveFinding curve;
  EXPECT_FALSE(RankingPlot({ResultNamed("f", curve)}).has_value());
}

}  // namespace
}  // namespace pyslow::render
