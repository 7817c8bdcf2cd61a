#include "sweep/statistics/line.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "example_blocks.h"
#include "sweep/statistics/block_mean.h"

namespace pyslow::statistics {

using model::Estimate;
namespace {

TEST(LeastSquares, GoesThroughPointsOnALine) {
  const Line line = LeastSquares({{0, 1}, {1, 3}, {5, 11}});
  EXPECT_DOUBLE_EQ(line.intercept, 1);
  EXPECT_DOUBLE_EQ(line.slope, 2);
}

TEST(LeastSquares, HasNoSlopeIfAllXAreEqual) {
  const Line line = LeastSquares({{2, 1}, {2, 3}});
  EXPECT_EQ(line.slope, 0);
  EXPECT_EQ(line.intercept, 2);
}

TEST(MeanOfBlocks, GivesStudentsInterval) {
  // t(.975, 3) = 3.18245, the values' standard deviation 1.29099.
  const Estimate mean = MeanOfBlocks({1, 2, 3, 4});
  EXPECT_DOUBLE_EQ(mean.value, 2.5);
  ASSERT_TRUE(mean.range.has_value());
  EXPECT_NEAR(mean.range->high - mean.value, 3.18245 * 1.29099 / 2, 1e-4);
  EXPECT_NEAR(mean.value - mean.range->low, 3.18245 * 1.29099 / 2, 1e-4);
}

TEST(MeanOfBlocks, GivesNoIntervalForOneBlock) {
  EXPECT_FALSE(MeanOfBlocks({5}).range.has_value());
}

TEST(FitDelay, IgnoresAShiftOfAWholeBlock) {
  std::vector<Block> blocks = LineBlocks(100, {0, 0});
  for (Observation& r : blocks[1]) r.seconds_per_unit += 0.005;
  const Fit fit = FitDelay(blocks);
  EXPECT_NEAR(fit.slope.value, 100, 1e-6);
  ASSERT_TRUE(fit.slope.range.has_value());
  EXPECT_NEAR(fit.slope.range->high - fit.slope.range->low, 0, 1e-6);
  EXPECT_NEAR(fit.intercept, 0.0125, 1e-9);
}

TEST(FitDose, GivesTheCriticalFraction) {
  const std::optional<Fit> fit = FitDose(LineBlocks(100, {0, 0}));  // 200 calls a unit
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->slope.value, 0.5, 1e-9);
}

TEST(FitDose, NeedsACountInEveryTrial) {
  std::vector<Block> blocks = LineBlocks(100, {0, 0});
  blocks[1][2].calls_per_unit.reset();
  EXPECT_FALSE(FitDose(blocks).has_value());
}

}  // namespace
}  // namespace pyslow::statistics
