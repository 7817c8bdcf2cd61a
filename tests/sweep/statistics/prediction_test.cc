#include "sweep/statistics/prediction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "example_blocks.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {
namespace {

using ::testing::HasSubstr;

TEST(PredictFaster, GivesTheMethodologysExample) {
  const std::vector<Block> one = {SeedsExample()};
  const Prediction prediction = PredictFaster(one, FitDelay(one), 10e-6);
  ASSERT_TRUE(prediction.throughput.has_value());
  EXPECT_NEAR(prediction.throughput->value, 105, 1.5);
  EXPECT_FALSE(prediction.throughput->range.has_value());
  EXPECT_FALSE(prediction.gain->range.has_value());
  EXPECT_THAT(prediction.withheld, HasSubstr("interval withheld: it needs 8 complete blocks"));
}

TEST(PredictFaster, GivesAnIntervalFromEightBlocksOn) {
  const std::vector<Block> blocks = LineBlocks(100, kEightErrors);
  const Fit fit = FitDelay(blocks);
  const Prediction prediction = PredictFaster(blocks, fit, 10e-6);
  EXPECT_EQ(prediction.withheld, "");
  // 100 calls that each save 10 us take 1 ms from 10 ms.
  EXPECT_NEAR(prediction.gain->value, 10.0 / 9, 1e-9);
  // The control has no noise here, so the ends are those of the slope.
  EXPECT_NEAR(prediction.gain->range->low, 10 / (10 - fit.slope.range->low / 100), 1e-9);
  EXPECT_NEAR(prediction.gain->range->high, 10 / (10 - fit.slope.range->high / 100), 1e-9);
  EXPECT_NEAR(prediction.throughput->value, 1000.0 / 9, 1e-6);
}

std::string WhyWithheld(const std::vector<Block>& blocks, double faster = 10e-6) {
  const Prediction prediction = PredictFaster(blocks, FitDelay(blocks), faster);
  EXPECT_FALSE(prediction.throughput.has_value());
  EXPECT_FALSE(prediction.gain.has_value());
  return prediction.withheld;
}

TEST(PredictFaster, IsWithheldWhereNoEffectIsShown) {
  EXPECT_THAT(WhyWithheld(LineBlocks(1, kEightErrors)), HasSubstr("reaches 0: no effect is shown"));
  EXPECT_THAT(WhyWithheld(LineBlocks(-5, {0})), HasSubstr("no slowdown was seen"));
}

TEST(PredictFaster, IsWithheldWhereTheLineMissesTheControl) {
  std::vector<Block> blocks = LineBlocks(100, kEightErrors);
  for (Block& block : blocks)
    block[1].seconds_per_unit = block[0].seconds_per_unit;  // a flat start
  EXPECT_THAT(WhyWithheld(blocks), HasSubstr("misses the control by"));
}

TEST(PredictFaster, IsWithheldWhereMoreThanAUnitWouldBeSaved) {
  EXPECT_THAT(WhyWithheld(LineBlocks(100, kEightErrors), 99e-6),
              HasSubstr("more than the whole time"));
}

}  // namespace
}  // namespace pyslow::statistics
