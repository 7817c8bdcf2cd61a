// The share of a cost that is other threads waiting for the GIL: rule R30.
#include "sweep/statistics/gil_share.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "coverage.h"
#include "simulated_noise.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/design.h"

namespace pyslow::statistics {
namespace {

using model::GilFinding;
using GilOutcome = GilFinding::Outcome;

GilBlock BlockOf(double control, double held, double released) {
  const GilTimes times = {control, held, released};
  return {times, times};
}

TEST(RatioByFieller, SolvesTheQuadraticEquation) {
  // Means 2 and 4; variances of the means 1/3, covariance 1/6; t(.975, 2) = 4.3027.
  const model::Estimate ratio = RatioByFieller({1, 2, 3}, {4, 3.5, 4.5});
  EXPECT_DOUBLE_EQ(ratio.value, 0.5);
  ASSERT_TRUE(ratio.range.has_value());
  for (const double r : {ratio.range->low, ratio.range->high}) {
    // At each end, Student's test of the pairs' numerator - r * denominator is at its limit.
    const model::Estimate mean = MeanOfBlocks({1 - 4 * r, 2 - 3.5 * r, 3 - 4.5 * r});
    EXPECT_NEAR(std::min(std::abs(mean.range->low), std::abs(mean.range->high)), 0, 1e-9);
  }
  EXPECT_LT(ratio.range->low, 0.5);
  EXPECT_GT(ratio.range->high, 0.5);
}

TEST(RatioByFieller, HasNoIntervalIfTheDenominatorMayBeZero) {
  EXPECT_FALSE(RatioByFieller({1, 2, 3}, {-1, 4, 1}).range.has_value());
  EXPECT_FALSE(RatioByFieller({1}, {2}).range.has_value());
}

TEST(RatioByFieller, OfAnExactRatioIsThatRatio) {
  const model::Estimate ratio = RatioByFieller({5, 6, 7}, {10, 12, 14});
  ASSERT_TRUE(ratio.range.has_value());
  EXPECT_NEAR(ratio.range->low, 0.5, 1e-6);
  EXPECT_NEAR(ratio.range->high, 0.5, 1e-6);
}

// Each block has another speed, and the released mode costs half as much.
TEST(JudgeGil, DividesTheCost) {
  std::vector<GilBlock> blocks;
  for (const double speed : {1.0, 1.3, 0.9, 1.1}) {
    blocks.push_back(BlockOf(speed, 2 * speed, 1.5 * speed * (speed > 1 ? 1.01 : 0.99)));
  }
  const GilFinding finding = JudgeGil(blocks, {.looks = 10, .confidence = 0.99});
  EXPECT_EQ(finding.outcome, GilOutcome::kPart);
  EXPECT_NEAR(finding.share->value, 0.5, 0.01);
  EXPECT_NEAR(finding.held_change.value, -0.5, 1e-9);
  EXPECT_NEAR(finding.released_change.value, -1 / 3.0, 0.01);
  EXPECT_EQ(finding.blocks, 4U);
}

TEST(JudgeGil, WithoutACostThereIsNoShare) {
  const GilFinding finding =
      JudgeGil({BlockOf(1, 1.01, 0.99), BlockOf(1, 0.99, 1.01), BlockOf(1, 1, 1)}, {});
  EXPECT_EQ(finding.outcome, GilOutcome::kNoCost);
  EXPECT_FALSE(finding.share.has_value());
  EXPECT_FALSE(IsDecided(finding));
}

TEST(JudgeGil, AHigherCostWithTheGilReleasedIsNoShare) {
  std::vector<GilBlock> blocks;
  for (const double noise : {0.99, 1.01, 1.0, 1.02}) blocks.push_back(BlockOf(1, 2, 4 * noise));
  const GilFinding finding = JudgeGil(blocks, {});
  EXPECT_EQ(finding.outcome, GilOutcome::kReleasedSlower);
  EXPECT_FALSE(finding.share.has_value());
  EXPECT_TRUE(IsDecided(finding));
}

// A delay of 100 ns is longer by the 3 ns of a release.
TEST(JudgeGil, AReleaseMayCostALittleItself) {
  std::vector<GilBlock> blocks;
  for (const double noise : {0.999, 1.001, 1.0, 1.002}) {
    blocks.push_back(BlockOf(1, 2, 1 + 1.03 * noise));
  }
  const GilFinding finding = JudgeGil(blocks, {});
  EXPECT_EQ(finding.outcome, GilOutcome::kNone);
  EXPECT_LT(finding.share->range->high, 0);
}

TEST(JudgeGil, OneBlockDecidesNothing) {
  const GilFinding finding = JudgeGil({BlockOf(1, 2, 1)}, {});
  EXPECT_EQ(finding.outcome, GilOutcome::kNoCost);
  EXPECT_FALSE(finding.held_change.range.has_value());
}

// R25: equal readings of few digits are not equal times.
TEST(JudgeGil, AllowsForTheDigitsOfTheFigure) {
  const std::vector<GilBlock> blocks(4, BlockOf(1, 2, 1.5));
  EXPECT_NEAR(JudgeGil(blocks, {}).share->range->high, 0.5, 1e-6);
  const GilFinding coarse = JudgeGil(blocks, {.grid_seconds = 0.4});
  EXPECT_LE(coarse.share->range->low, 0);
  EXPECT_EQ(coarse.outcome, GilOutcome::kUndecided);
  EXPECT_FALSE(JudgeGil(blocks, {.grid_seconds = 1}).share.has_value());
}

// R16: if the released mode waits for other programs, the share holds with and without that time.
TEST(JudgeGil, HoldsWithAndWithoutTheCostOfWaiting) {
  std::vector<GilBlock> blocks;
  for (const double noise : {0.99, 1.01, 1.0, 1.02}) {
    GilBlock block = BlockOf(1, 2 * noise, 1.1);
    block.measured.released = 1.8;
    blocks.push_back(block);
  }
  const GilFinding finding = JudgeGil(blocks, {});
  EXPECT_LT(finding.share->range->low, 0.25);
  EXPECT_GT(finding.share->range->high, 0.88);
}

struct GilCase {
  std::string name;
  TrialNoise noise;
  double cost = 1;  // T with the GIL held, less T0 = 1
  double share = 0;
};

class SimulatedGil {
 public:
  SimulatedGil(const GilCase& c, uint64_t seed) : case_(c), random_(seed) {}

  GilFinding RunBlocks(size_t count, const GilLimits& limits) {
    while (blocks_.size() < count) AddBlock();
    return JudgeGil(blocks_, limits);
  }

  // With the looks of a sweep.
  GilFinding Run() {
    GilFinding finding;
    for (const size_t look : kVersionLooks) {
      finding = RunBlocks(look, {.looks = kVersionLooks.size(), .confidence = kVersionConfidence});
      if (IsDecided(finding)) break;
    }
    return finding;
  }

 private:
  double Deviate() {
    switch (case_.noise.kind) {
      case TrialNoise::Kind::kHeavyTails:
        return student_(random_) / std::sqrt(3.0);
      case TrialNoise::Kind::kSkewed:
        return (gamma_(random_) - 2) / std::sqrt(2.0);
      case TrialNoise::Kind::kNormal:
      case TrialNoise::Kind::kAutoregressive:
        break;
    }
    return normal_(random_);
  }

  void AddBlock() {
    const double speed = std::max(0.2, 1 + case_.noise.block_sd * normal_(random_));
    std::array<size_t, 3> order = {0, 1, 2};
    std::shuffle(order.begin(), order.end(), random_);
    const std::array<double, 3> exact = {1, 1 + case_.cost, 1 + case_.cost * (1 - case_.share)};
    std::array<double, 3> times = {};
    for (const size_t arm : order) {
      const double drift = case_.noise.drift * static_cast<double>(trials_++) / 100;
      times[arm] = std::max(
          0.05, speed * (exact[arm] + drift +
                         case_.noise.sigma * Deviate() * std::pow(exact[arm], case_.noise.power)));
    }
    blocks_.push_back(BlockOf(times[0], times[1], times[2]));
  }

  const GilCase case_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::gamma_distribution<double> gamma_{2, 1};
  std::student_t_distribution<double> student_{3};
  std::vector<GilBlock> blocks_;
  size_t trials_ = 0;
};

class GilRule : public ::testing::TestWithParam<GilCase> {};

TEST_P(GilRule, IsRarelyWrong) {
  const GilCase& c = GetParam();
  const int sweeps = SimulatedSweeps(300);
  const GilOutcome right = c.share == 0 ? GilOutcome::kNone : GilOutcome::kPart;
  Coverage coverage;
  double trials = 0;
  int decided = 0;
  int wrong = 0;
  for (int i = 0; i < sweeps; ++i) {
    const GilFinding finding = SimulatedGil(c, static_cast<uint64_t>(i) + 1).Run();
    trials += static_cast<double>(3 * finding.blocks);
    if (finding.outcome == GilOutcome::kReleasedSlower) {
      coverage.Add(false);
    } else {
      coverage.Add(finding.share, c.share);
    }
    const bool is_open =
        finding.outcome == GilOutcome::kUndecided || finding.outcome == GilOutcome::kNoCost;
    decided += IsDecided(finding) ? 1 : 0;
    wrong += is_open || finding.outcome == right ? 0 : 1;  // if the share is 0: false finds
  }
  RecordProperty("coverage", coverage.Text());
  RecordProperty("decided_percent", std::to_string(100.0 * decided / sweeps));
  RecordProperty("wrong_percent", std::to_string(100.0 * wrong / sweeps));
  RecordProperty("trials", std::to_string(trials / sweeps));
  EXPECT_GE(coverage.Percent(), 93);
  EXPECT_LE(wrong, sweeps * 5 / 100);
  if (c.noise.sigma <= 0.05 && c.cost == 1) {
    EXPECT_GE(decided, sweeps * 90 / 100);
  }
}

// With --runs.
TEST_P(GilRule, HoldsWithEachNumberOfBlocks) {
  const GilCase& c = GetParam();
  const int sweeps = SimulatedSweeps(300);
  for (const size_t blocks : {2, 3, 4, 8}) {
    Coverage coverage;
    for (int i = 0; i < sweeps; ++i) {
      const GilFinding finding =
          SimulatedGil(c, static_cast<uint64_t>(i) + 1).RunBlocks(blocks, {});
      coverage.Add(finding.share, c.share);
    }
    RecordProperty("coverage_" + std::to_string(blocks), coverage.Text());
    // An interval exists only if the cost is shown; of few, noise made most.
    if (coverage.given > sweeps / 2) {
      EXPECT_GE(coverage.Percent(), 92) << blocks;  // 300 sweeps
    }
  }
}

std::vector<GilCase> GilCases() {
  std::vector<GilCase> cases;
  const std::vector<std::pair<std::string, TrialNoise::Kind>> kinds = {
      {"normal", TrialNoise::Kind::kNormal},
      {"skewed", TrialNoise::Kind::kSkewed},
      {"heavy", TrialNoise::Kind::kHeavyTails}};
  for (const int percent : {2, 5, 10}) {
    for (const auto& [kind_name, kind] : kinds) {
      for (const double cost : {1.0, 0.3}) {
        for (const double share : {0.0, 0.3, 1.0}) {
          GilCase& c = cases.emplace_back();
          c.noise.kind = kind;
          c.noise.sigma = percent / 100.0;
          c.noise.block_sd = 0.05;
          c.noise.drift = 0.02;
          c.noise.power = 1;
          c.cost = cost;
          c.share = share;
          c.name = kind_name + "_" + std::to_string(percent) + "_cost_" +
                   std::to_string(std::lround(100 * cost)) + "_share_" +
                   std::to_string(std::lround(100 * share));
        }
      }
    }
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Noise, GilRule, ::testing::ValuesIn(GilCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace pyslow::statistics
