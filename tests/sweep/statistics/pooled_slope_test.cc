#include "sweep/statistics/pooled_slope.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "coverage.h"
#include "simulated_noise.h"

namespace pyslow::statistics {
namespace {

const std::vector<double> kDoses = {0, 0.25, 0.5, 1};
double CriticalTime(double dose) { return dose; }

TEST(PooledSlope, IsLeastSquaresWithBlockEffects) {
  // Lines of slopes 1.8 and 2.2 through blocks that differ by 9: the same x in both, so the mean.
  const std::vector<PooledTrial> trials = {{0, 0, 0, 1},   {0, 1, 1, 3.5}, {0, 2, 2, 5},
                                           {0, 3, 3, 6.5}, {1, 0, 0, 10},  {1, 1, 1, 11.5},
                                           {1, 2, 2, 14},  {1, 3, 3, 16.5}};
  const auto slope = FitPooledSlope(trials);
  ASSERT_TRUE(slope.has_value());
  EXPECT_NEAR(slope->value, 2, 1e-12);
  EXPECT_DOUBLE_EQ(slope->degrees_of_freedom, 5);
}

TEST(PooledSlope, NeedsFiveDegreesOfFreedom) {
  const std::vector<PooledTrial> seven = {{0, 0, 0, 1}, {0, 1, 1, 2}, {0, 2, 2, 3}, {0, 3, 3, 4},
                                          {1, 0, 0, 1}, {1, 1, 1, 2}, {1, 2, 2, 3}};
  EXPECT_FALSE(FitPooledSlope(seven).has_value());
}

TEST(PooledSlope, HasNoValueIfNothingWasDelayed) {
  const std::vector<PooledTrial> still(20, PooledTrial{0, 0, 0, 1});
  EXPECT_FALSE(FitPooledSlope(still).has_value());
}

TEST(PooledSlope, UsesBlocksThatLackTrials) {
  SimulatedSweep sweep = Simulate(kDoses, 4, CriticalTime, {.name = "none", .sigma = 0}, 1);
  sweep.trials.erase(sweep.trials.begin() + 2);
  sweep.trials.erase(sweep.trials.begin() + 9);
  const auto slope = FitPooledSlope(sweep.trials);
  ASSERT_TRUE(slope.has_value());
  EXPECT_NEAR(slope->value, 1, 1e-12);
  EXPECT_DOUBLE_EQ(slope->degrees_of_freedom, 14 - 4 - 1);
}

struct CoverageCase {
  TrialNoise noise;
  size_t blocks;
  double at_least;  // percent
};

class PooledCoverage : public ::testing::TestWithParam<CoverageCase> {};

TEST_P(PooledCoverage, OfA95PercentInterval) {
  const CoverageCase& c = GetParam();
  const int sweeps = SimulatedSweeps(2'000);
  Coverage coverage;
  double half_widths = 0;
  for (int i = 0; i < sweeps; ++i) {
    const SimulatedSweep sweep =
        Simulate(kDoses, c.blocks, CriticalTime, c.noise, static_cast<uint64_t>(i) + 1);
    const auto slope = FitPooledSlope(sweep.trials);
    ASSERT_TRUE(slope.has_value());
    const model::Estimate estimate = slope->WithInterval(0.95);
    coverage.Add(estimate, 1);
    half_widths += (estimate.range->high - estimate.range->low) / 2;
  }
  RecordProperty("coverage", coverage.Text());
  RecordProperty("half_width", std::to_string(half_widths / sweeps));
  EXPECT_GE(coverage.Percent(), c.at_least);
  EXPECT_LE(coverage.Percent(), 98.5);
}

std::vector<CoverageCase> CoverageCases() {
  using Kind = TrialNoise::Kind;
  const std::vector<std::pair<TrialNoise, double>> noises = {
      {{.name = "normal"}, 93.5},
      {{.name = "skewed", .sigma = 0.1, .kind = Kind::kSkewed, .power = 0.3, .block_sd = 0.05}, 93},
      {{.name = "heavy_tails", .kind = Kind::kHeavyTails}, 93.5},
      {{.name = "autoregressive", .kind = Kind::kAutoregressive, .autocorrelation = 0.7}, 93},
      {{.name = "drift", .sigma = 0.02, .drift = 0.2}, 93},
      {{.name = "blocks_differ", .block_sd = 0.075}, 93.5},
      {{.name = "slopes_differ", .sigma = 0.02, .slope_sd = 0.1}, 90},
  };
  std::vector<CoverageCase> cases;
  for (const auto& [noise, at_least] : noises) {
    for (const size_t blocks : {size_t{2}, size_t{4}, size_t{8}}) {
      // Two blocks cannot show that their slopes differ.
      if (noise.slope_sd > 0 && blocks == 2) continue;
      cases.push_back({noise, blocks, at_least});
    }
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Noises, PooledCoverage, ::testing::ValuesIn(CoverageCases()),
                         [](const auto& info) {
                           return info.param.noise.name + "_" + std::to_string(info.param.blocks) +
                                  "_blocks";
                         });

// R15: if spins last up to 20% too long, the slope over the requested delay is biased.
TEST(DeliveredDose, CoversTheTruthIfSpinsArePreempted) {
  const TrialNoise noise = {.name = "preempted", .sigma = 0.02, .overspin = 0.2};
  Coverage delivered;
  Coverage asked;
  for (int i = 0; i < SimulatedSweeps(1'000); ++i) {
    SimulatedSweep sweep = Simulate(kDoses, 8, CriticalTime, noise, static_cast<uint64_t>(i) + 1);
    delivered.Add(FitPooledSlope(sweep.trials)->WithInterval(0.95), 1);
    for (PooledTrial& trial : sweep.trials) trial.dose = trial.x;
    asked.Add(FitPooledSlope(sweep.trials)->WithInterval(0.95), 1);
  }
  RecordProperty("delivered", delivered.Text());
  RecordProperty("asked", asked.Text());
  EXPECT_GE(delivered.Percent(), 93);
  EXPECT_LE(asked.Percent(), 60);
}

}  // namespace
}  // namespace pyslow::statistics
