#include "sweep/render/figures.h"

#include <gtest/gtest.h>

#include <limits>

#include "render_testing.h"

namespace pyslow::render {
namespace {

TEST(EstimateTextTest, HasTwoDigitsOfTheHalfWidth) {
  EXPECT_EQ(EstimateText(Between(1200, 1234.567, 1270)), "1235 [1200, 1270]");
  EXPECT_EQ(EstimateText(Between(0.98, 0.98765, 0.995)), "0.9877 [0.9800, 0.9950]");
  EXPECT_EQ(EstimateText(Between(-0.2, -0.001, 0.2)), "0.00 [-0.20, 0.20]");
  EXPECT_EQ(EstimateText({12.34567, {}}), "12.35");
  EXPECT_EQ(EstimateText({std::numeric_limits<double>::quiet_NaN(), {}}), "-");
}

TEST(SecondsTextTest, ChoosesTheUnit) {
  EXPECT_EQ(SecondsText(0.0), "0");
  EXPECT_EQ(SecondsText(12.3456), "12.35s");
  EXPECT_EQ(SecondsText(0.0012345), "1.234ms");
  EXPECT_EQ(SecondsText(0.00099999), "1.000ms");
  EXPECT_EQ(SecondsText(1e-6), "1.000us");
  EXPECT_EQ(SecondsText(4.2e-11), "0.042ns");
  EXPECT_EQ(SecondsText(-2e-3), "-2.000ms");
}

TEST(SecondsTextTest, GivesTheIntervalInTheUnitOfTheEstimate) {
  EXPECT_EQ(SecondsText(Between(590e-6, 610e-6, 1030e-6)), "610us [590, 1030]");
}

TEST(PercentTextTest, ShowsAtMostTwoDecimals) {
  EXPECT_EQ(PercentText(Between(0.26, 0.3, 0.34)), "30.0% [26.0, 34.0]");
  EXPECT_EQ(PercentText(Between(0.00101, 0.00102, 0.00103)), "0.10% [0.10, 0.10]");
  EXPECT_EQ(PercentText({0.5, {}}), "50.0%");
}

TEST(PercentTextTest, SignsAChange) {
  EXPECT_EQ(PercentText(Between(0.04, 0.05, 0.06), true), "+5.0% [4.0, 6.0]");
  EXPECT_EQ(PercentText({-0.05, {}}, true), "-5.00%");
}

TEST(NegatedTest, SwapsTheEnds) {
  const model::Estimate negated = model::Negated(Between(1, 2, 4));
  EXPECT_EQ(negated.value, -2);
  EXPECT_EQ(negated.range->low, -4);
  EXPECT_EQ(negated.range->high, -1);
}

TEST(EstimateTextTest, EqualReadingsKeepTheirDigits) {
  EXPECT_EQ(EstimateText({1.11, model::Range{1.11, 1.11}}), "1.110 [1.110, 1.110]");
  EXPECT_EQ(SecondsText({0.0123, model::Range{0.0123, 0.0123}}), "12.30ms [12.30, 12.30]");
  EXPECT_EQ(PercentText({0, model::Range{0, 0}}), "0% [0, 0]");
}

}  // namespace
}  // namespace pyslow::render
