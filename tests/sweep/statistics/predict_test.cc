#include "sweep/statistics/predict.h"

#include <gtest/gtest.h>

#include <vector>

#include "example_blocks.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {
namespace {

using model::Prediction;
using model::Withheld;

TEST(PredictFaster, ReproducesTheMethodologysExample) {
  const std::vector<Block> one = {SeedsExample()};
  const Prediction prediction = PredictFaster(one, FitDelay(one), 10e-6);
  ASSERT_TRUE(prediction.throughput.has_value());
  EXPECT_NEAR(prediction.throughput->value, 105, 1.5);
  EXPECT_FALSE(prediction.throughput->range.has_value());
  EXPECT_FALSE(prediction.gain->range.has_value());
  EXPECT_EQ(prediction.withheld.kind, Withheld::Kind::kTooFewTrials);
  EXPECT_EQ(prediction.withheld.trials, 3U);
}

TEST(PredictFaster, HasTheIntervalOfTheSlopeAndOfTheControl) {
  const std::vector<Block> blocks = LineBlocks(100, kEightErrors);
  const Fit fit = FitDelay(blocks);
  const Prediction prediction = PredictFaster(blocks, fit, 10e-6);
  EXPECT_EQ(prediction.withheld.kind, Withheld::Kind::kNothing);
  // 100 calls that each save 10 us reduce 10 ms by 1 ms.
  EXPECT_NEAR(prediction.gain->value, 10.0 / 9, 1e-9);
  EXPECT_NEAR(prediction.throughput->value, 1000.0 / 9, 1e-6);
  // Wider than the slope alone would make it, and not twice as wide.
  const double low = 10 / (10 - fit.slope.range->low / 100);
  const double high = 10 / (10 - fit.slope.range->high / 100);
  EXPECT_LT(prediction.gain->range->low, low);
  EXPECT_GT(prediction.gain->range->high, high);
  EXPECT_LT(prediction.gain->range->high - prediction.gain->range->low, 2 * (high - low));
}

Withheld::Kind WhyWithheld(const std::vector<Block>& blocks, double faster = 10e-6) {
  const Prediction prediction = PredictFaster(blocks, FitDelay(blocks), faster);
  EXPECT_FALSE(prediction.throughput.has_value());
  EXPECT_FALSE(prediction.gain.has_value());
  return prediction.withheld.kind;
}

TEST(PredictFaster, IsWithheldIfNoEffectIsShown) {
  EXPECT_EQ(WhyWithheld(LineBlocks(1, kEightErrors)), Withheld::Kind::kNoEffectShown);
  EXPECT_EQ(WhyWithheld(LineBlocks(-5, {0})), Withheld::Kind::kNoSlowdown);
}

TEST(MissOfLine, IsShownByAFlatStart) {
  std::vector<Block> blocks = LineBlocks(100, kEightErrors);
  EXPECT_FALSE(MissOfLine(blocks).has_value());
  for (Block& block : blocks) block[1].seconds_per_unit = block[0].seconds_per_unit;
  ASSERT_TRUE(MissOfLine(blocks).has_value());
  EXPECT_GT(*MissOfLine(blocks), 0.01);
}

TEST(PredictFaster, IsWithheldIfMoreThanAUnitWouldBeSaved) {
  EXPECT_EQ(WhyWithheld(LineBlocks(100, kEightErrors), 99e-6), Withheld::Kind::kExceedsUnit);
}

}  // namespace
}  // namespace pyslow::statistics
