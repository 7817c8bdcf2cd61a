#include "experiment/line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::experiment {
namespace {

using ::testing::HasSubstr;

// The methodology's own example: 100, 95 and 70 units a second at 0, 10 and 100 us.
const Block kExample = {{0, 1.0 / 100, {}}, {10'000, 1.0 / 95, {}}, {100'000, 1.0 / 70, {}}};

// T = 10 ms + `slope` s/s × delay, with the given error in the slope of each block.
std::vector<Block> Blocks(double slope, const std::vector<double>& errors) {
  std::vector<Block> blocks;
  for (const double error : errors) {
    blocks.emplace_back();
    for (const int64_t delay_ns : {0, 10'000, 100'000}) {
      const double delay = static_cast<double>(delay_ns) * 1e-9;
      blocks.back().push_back({delay_ns, 0.010 + (slope + error) * delay, 2 * slope});
    }
  }
  return blocks;
}
const std::vector<double> kEightErrors = {-1, 1, -2, 2, -3, 3, -1, 1};

TEST(LeastSquares, GoesThroughPointsOnALine) {
  const Line line = LeastSquares({{0, 1}, {1, 3}, {5, 11}});
  EXPECT_DOUBLE_EQ(line.intercept, 1);
  EXPECT_DOUBLE_EQ(line.slope, 2);
}

TEST(LeastSquares, HasNoSlopeWhereAllLieAtOnePlace) {
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

TEST(FitDelay, IgnoresWhatMovesAWholeBlock) {
  std::vector<Block> blocks = Blocks(100, {0, 0});
  for (Response& r : blocks[1]) r.seconds_per_unit += 0.005;
  const Fit fit = FitDelay(blocks);
  EXPECT_NEAR(fit.slope.value, 100, 1e-6);
  EXPECT_NEAR(fit.slope.range->high - fit.slope.range->low, 0, 1e-6);
  EXPECT_NEAR(fit.intercept, 0.0125, 1e-9);
}

TEST(FitDose, GivesTheShareOfTheDoseThatReachesTheClock) {
  const std::optional<Fit> fit = FitDose(Blocks(100, {0, 0}));  // 200 calls a unit
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->slope.value, 0.5, 1e-9);
}

TEST(FitDose, NeedsACountInEveryTrial) {
  std::vector<Block> blocks = Blocks(100, {0, 0});
  blocks[1][2].calls_per_unit.reset();
  EXPECT_FALSE(FitDose(blocks).has_value());
}

TEST(PredictFaster, GivesTheMethodologysExample) {
  const std::vector<Block> one = {kExample};
  const Prediction prediction = PredictFaster(one, FitDelay(one), 10'000);
  ASSERT_TRUE(prediction.throughput.has_value());
  EXPECT_NEAR(prediction.throughput->value, 105, 1.5);
  EXPECT_FALSE(prediction.throughput->range.has_value());
  EXPECT_FALSE(prediction.gain->range.has_value());
  EXPECT_THAT(prediction.withheld, HasSubstr("interval withheld: it needs 8 complete blocks"));
}

TEST(PredictFaster, GivesAnIntervalFromEightBlocksOn) {
  const std::vector<Block> blocks = Blocks(100, kEightErrors);
  const Fit fit = FitDelay(blocks);
  const Prediction prediction = PredictFaster(blocks, fit, 10'000);
  EXPECT_EQ(prediction.withheld, "");
  // 100 calls that each save 10 us take 1 ms from 10 ms.
  EXPECT_NEAR(prediction.gain->value, 10.0 / 9, 1e-9);
  // The control has no noise here, so the ends are those of the slope.
  EXPECT_NEAR(prediction.gain->range->low, 10 / (10 - fit.slope.range->low / 100), 1e-9);
  EXPECT_NEAR(prediction.gain->range->high, 10 / (10 - fit.slope.range->high / 100), 1e-9);
  EXPECT_NEAR(prediction.throughput->value, 1000.0 / 9, 1e-6);
}

std::string WhyWithheld(const std::vector<Block>& blocks, int64_t faster_ns = 10'000) {
  const Prediction prediction = PredictFaster(blocks, FitDelay(blocks), faster_ns);
  EXPECT_FALSE(prediction.throughput.has_value());
  EXPECT_FALSE(prediction.gain.has_value());
  return prediction.withheld;
}

TEST(PredictFaster, IsWithheldWhereNoEffectIsShown) {
  EXPECT_THAT(WhyWithheld(Blocks(1, kEightErrors)), HasSubstr("reaches 0: no effect is shown"));
  EXPECT_THAT(WhyWithheld(Blocks(-5, {0})), HasSubstr("no slowdown was seen"));
}

TEST(PredictFaster, IsWithheldWhereTheLineMissesTheControl) {
  std::vector<Block> blocks = Blocks(100, kEightErrors);
  for (Block& block : blocks)
    block[1].seconds_per_unit = block[0].seconds_per_unit;  // a flat start
  EXPECT_THAT(WhyWithheld(blocks), HasSubstr("misses the control by"));
}

TEST(PredictFaster, IsWithheldWhereMoreThanAUnitWouldBeSaved) {
  EXPECT_THAT(WhyWithheld(Blocks(100, kEightErrors), 99'000),
              HasSubstr("more than the whole time"));
}

}  // namespace
}  // namespace pyslow::experiment
