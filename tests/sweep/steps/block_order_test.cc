#include "sweep/steps/block_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace pyslow::steps {
namespace {

using ::testing::UnorderedElementsAre;

TEST(OrderOfBlock, HasEveryArmOnce) {
  for (int block = 0; block < 8; ++block) {
    EXPECT_THAT(OrderOfBlock(4, 1, "global", block), UnorderedElementsAre(0, 1, 2, 3));
  }
  EXPECT_TRUE(OrderOfBlock(0, 1, "global", 0).empty());
}

TEST(OrderOfBlock, GivesEveryOrderTheSameChance) {
  std::map<std::vector<size_t>, int> seen;
  for (int block = 0; block < 24'000; ++block) ++seen[OrderOfBlock(4, 7, "global", block)];
  ASSERT_EQ(seen.size(), 24U);
  // 1000 expected of each, with a standard deviation of 31.
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 1000, 155);
}

TEST(OrderOfBlock, DependsOnTheSeedThePartAndTheBlock) {
  const auto orders = [](uint64_t seed, const char* part, int first) {
    std::vector<std::vector<size_t>> result;
    for (int block = first; block < first + 5; ++block) {
      result.push_back(OrderOfBlock(6, seed, part, block));
    }
    return result;
  };
  EXPECT_EQ(orders(42, "global", 0), orders(42, "global", 0));
  EXPECT_NE(orders(42, "global", 0), orders(43, "global", 0));
  EXPECT_NE(orders(42, "global", 0), orders(42, "groups", 0));
  EXPECT_NE(orders(42, "global", 0), orders(42, "global", 5));
}

}  // namespace
}  // namespace pyslow::steps
