#include "sweep/render/plot.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "render_testing.h"
#include "sweep/render/gnuplot.h"

namespace pyslow::render {

using model::Result;

namespace {

using model::CurveFinding;

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Uses the installed gnuplot; skipped without one.
class DrawnTest : public testing::Test {
 protected:
  void SetUp() override {
    if (DrawSvg({}).status().code() == absl::StatusCode::kNotFound) GTEST_SKIP() << "no gnuplot";
  }
  static std::string Drawn(const std::string& script) {
    const absl::StatusOr<std::vector<std::string>> drawings = DrawSvg({script});
    EXPECT_TRUE(drawings.ok()) << drawings.status();
    return drawings.ok() ? WithPageColors(drawings->front()) : "";
  }
};

TEST_F(DrawnTest, ACurveHasAPointForEachLevel) {
  const CurveFinding curve = LineFinding(2, 1);
  for (const Quantity quantity : {Quantity::kTime, Quantity::kThroughput}) {
    const std::string svg = Drawn(CurvePlot(curve, quantity, "step"));
    EXPECT_EQ(CountOf(svg, "color='var(--plot-data)'"), curve.levels.size()) << svg;
  }
}

TEST_F(DrawnTest, ALineExtendsToFasterCode) {
  EXPECT_TRUE(Has(Drawn(CurvePlot(LineFinding(2, 1), Quantity::kTime, "step")), "faster"));
  EXPECT_FALSE(Has(Drawn(CurvePlot(NoneFinding(), Quantity::kTime, "step")), "faster"));
}

TEST_F(DrawnTest, AThresholdHasItsKnee) {
  EXPECT_TRUE(Has(Drawn(CurvePlot(ThresholdFinding(), Quantity::kTime, "step")), "slack ends"));
  EXPECT_FALSE(Has(Drawn(CurvePlot(LineFinding(2, 1), Quantity::kTime, "step")), "slack ends"));
}

TEST_F(DrawnTest, UsesOnlyThePagesColours) {
  for (const CurveFinding& curve : {LineFinding(2, 1), ThresholdFinding()}) {
    EXPECT_FALSE(Has(Drawn(CurvePlot(curve, Quantity::kTime, "step")), "rgb("));
  }
  EXPECT_FALSE(Has(Drawn(RankingPlot(WholeSweep().functions)->script), "rgb("));
}

TEST_F(DrawnTest, ARankingEscapesItsNames) {
  const std::string svg = Drawn(RankingPlot(WholeSweep().groups)->script);
  EXPECT_TRUE(Has(svg, "&lt;b>&amp;"));
  EXPECT_FALSE(Has(svg, "<b>"));
}

TEST_F(DrawnTest, NoNameEndsItsString) {
  std::vector<Result> ranked = {
      ResultNamed("it's \"$x\"; system('touch ran') `touch ran`", LineFinding(2, 1))};
  EXPECT_TRUE(Has(Drawn(RankingPlot(ranked)->script), "it's"));
  EXPECT_NE(access("ran", F_OK), 0);
}

TEST_F(DrawnTest, LeavesOutNaN) {
  CurveFinding curve = LineFinding(2, 1);
  curve.levels[1].seconds_per_unit = {std::numeric_limits<double>::quiet_NaN(), {}};
  EXPECT_EQ(CountOf(Drawn(CurvePlot(curve, Quantity::kTime, "step")), "color='var(--plot-data)'"),
            2U);
}

TEST_F(DrawnTest, SeveralPlotsOfOnePageShareNoId) {
  const std::string script = CurvePlot(LineFinding(2, 1), Quantity::kTime, "step");
  const absl::StatusOr<std::vector<std::string>> drawings = DrawSvg({script, script});
  ASSERT_TRUE(drawings.ok()) << drawings.status();
  EXPECT_TRUE(Has((*drawings)[0], "id='plot0-gpPt6'"));
  EXPECT_TRUE(Has((*drawings)[1], "id='plot1-gpPt6'"));
  EXPECT_FALSE(Has((*drawings)[1], "plot0-"));
  EXPECT_FALSE(Has((*drawings)[0], "<title>"));
}

TEST_F(DrawnTest, AnErrorQuotesTheInvalidScript) {
  const absl::Status status = DrawSvg({"plot nothing_of_this_name\n"}).status();
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(Has(std::string(status.message()), "nothing_of_this_name")) << status;
}

TEST(DrawSvgTest, IsNotFoundWithoutGnuplot) {
  EXPECT_EQ(DrawSvg({"plot x\n"}, "/nonexistent/gnuplot").status().code(),
            absl::StatusCode::kNotFound);
}

// One program ends without reading; the other writes much before it reads.
TEST(DrawSvgTest, SurvivesAProgramThatDoesNotRead) {
  const std::string path = testing::TempDir() + "/not-gnuplot";
  const std::string script(4 << 20, '#');
  for (const char* body : {"exit 3", "head -c 1000000 /dev/zero | tr '\\0' x; exit 4"}) {
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    ASSERT_EQ(chmod(path.c_str(), 0755), 0);
    EXPECT_EQ(DrawSvg({script}, path).status().code(), absl::StatusCode::kInternal);
  }
  std::remove(path.c_str());
}

TEST(RankingPlotTest, DrawsTheCriticalFractionIfAllHaveOne) {
  std::vector<Result> ranked = WholeSweep().functions;
  EXPECT_TRUE(Has(RankingPlot(ranked)->what, "critical fraction"));
  ranked[0].curve.kappa.reset();
  EXPECT_TRUE(Has(RankingPlot(ranked)->what, "throughput lost"));
}

TEST(RankingPlotTest, IsEmptyWithoutFigures) {
  EXPECT_FALSE(RankingPlot({}).has_value());
  CurveFinding curve;
  EXPECT_FALSE(RankingPlot({ResultNamed("f", curve)}).has_value());
}

}  // namespace
}  // namespace pyslow::render
