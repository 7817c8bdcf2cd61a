#include "sweep/statistics/design.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::statistics {

using model::Range;
namespace {

using ::testing::ElementsAre;

TEST(DelaysUpTo, HasAQuarterAHalfAndTheWhole) {
  EXPECT_THAT(DelaysUpTo(100'000), ElementsAre(0, 25'000, 50'000, 100'000));
  EXPECT_THAT(DelaysUpTo(1), ElementsAre(0, 1, 2, 3));
}

TEST(PerCallNs, AddsUpToTheDose) {
  EXPECT_EQ(PerCallNs(100'000, 0.001), 10);
  EXPECT_EQ(PerCallNs(100, 0.010), 100'000);
}

TEST(PerCallNs, StaysBetweenANanosecondAndTenSeconds) {
  EXPECT_EQ(PerCallNs(1, 0.005), 5'000'000);
  EXPECT_EQ(PerCallNs(0, 0.005), 10'000'000'000);
  EXPECT_EQ(PerCallNs(1e-9, 1e9), 10'000'000'000);
  EXPECT_EQ(PerCallNs(1e9, 0.005), 1);
}

TEST(FrequencyFor, DelaysFewerCallsIfEachDelayWouldBeTooShort) {
  EXPECT_EQ(FrequencyFor({10}, 1'000'000, 1), 30);  // 300 ns each
  EXPECT_EQ(FrequencyFor({7}, 1'000'000, 1), 43);
  EXPECT_EQ(FrequencyFor({300}, 1'000'000, 1), 1);
  EXPECT_EQ(FrequencyFor({100'000}, 1'000'000, 1), 1);
}

TEST(FrequencyFor, DependsOnTheShortestDelayOfACurve) {
  EXPECT_EQ(FrequencyFor({0, 10, 25, 100}, 1'000'000, 1), 30);
  EXPECT_EQ(FrequencyFor({0}, 1'000'000, 1), 1);
}

TEST(FrequencyFor, LeavesTwentyDelayedCalls) {
  EXPECT_EQ(FrequencyFor({10}, 200, 1), 10);
  EXPECT_EQ(FrequencyFor({10}, 5, 1), 1);
}

TEST(FrequencyFor, IsAtLeastTheUsers) {
  EXPECT_EQ(FrequencyFor({10}, 1'000'000, 7), 30);
  EXPECT_EQ(FrequencyFor({10}, 1'000'000, 70), 70);
  EXPECT_EQ(FrequencyFor({10}, 5, 7), 7);
}

TEST(IsPrecise, ComparesTheHalfWidth) {
  EXPECT_TRUE(IsPrecise({5, Range{4.9, 5.1}}, 0.01, 10.1));
  EXPECT_FALSE(IsPrecise({5, Range{4.9, 5.1}}, 0.01, 9.9));
  EXPECT_FALSE(IsPrecise({5, std::nullopt}, 0.01, 10));
}

}  // namespace
}  // namespace pyslow::statistics
