#include "experiment/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace pyslow::experiment {
namespace {

using ::testing::UnorderedElementsAreArray;

const std::vector<int64_t> kDelays = {0, 1'000, 10'000, 100'000};

std::map<int, std::vector<int64_t>> ByBlock(const std::vector<PlannedTrial>& plan) {
  std::map<int, std::vector<int64_t>> blocks;
  for (const PlannedTrial& trial : plan) blocks[trial.block].push_back(trial.delay_ns);
  return blocks;
}

TEST(PlanBlocks, HasEveryDelayOnceInEachBlock) {
  const std::vector<PlannedTrial> plan = PlanBlocks(kDelays, 8, 1);
  ASSERT_EQ(plan.size(), 32U);
  for (const auto& [block, delays] : ByBlock(plan)) {
    EXPECT_THAT(delays, UnorderedElementsAreArray(kDelays)) << block;
  }
}

TEST(PlanBlocks, RunsOneBlockAfterTheOther) {
  const std::vector<PlannedTrial> plan = PlanBlocks(kDelays, 3, 1);
  for (size_t i = 0; i < plan.size(); ++i) {
    EXPECT_EQ(plan[i].index, static_cast<int>(i));
    EXPECT_EQ(plan[i].block, static_cast<int>(i / kDelays.size()));
  }
}

TEST(PlanBlocks, GivesEveryOrderTheSameChance) {
  const int blocks = 24'000;
  std::map<std::vector<int64_t>, int> seen;
  for (const auto& [block, delays] : ByBlock(PlanBlocks(kDelays, blocks, 7))) ++seen[delays];
  ASSERT_EQ(seen.size(), 24U);
  // 1000 expected of each, with a standard deviation of 31.
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 1000, 155);
}

TEST(PlanBlocks, IsTheSameForTheSameSeedOnEveryMachine) {
  std::vector<int64_t> order;
  for (const PlannedTrial& trial : PlanBlocks(kDelays, 3, 42)) order.push_back(trial.delay_ns);
  EXPECT_EQ(order, (std::vector<int64_t>{1'000, 0, 100'000, 10'000, 1'000, 0, 100'000, 10'000,
                                         1'000, 10'000, 100'000, 0}));
  std::vector<int64_t> other;
  for (const PlannedTrial& trial : PlanBlocks(kDelays, 3, 43)) other.push_back(trial.delay_ns);
  EXPECT_NE(order, other);
}

}  // namespace
}  // namespace pyslow::experiment
