#include "sweep/statistics/stalls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "coverage.h"
#include "simulated_noise.h"

namespace pyslow::statistics {
namespace {

const std::vector<double> kDosesOfCurve = {0, 0.25, 0.5, 1};
double TimeOfCritical(double dose) { return dose; }

// As noisy as real trials.
TrialNoise NoiseOfRealTrials(const std::string& name, double sigma) {
  return {.name = name,
          .sigma = sigma,
          .kind = TrialNoise::Kind::kSkewed,
          .power = 0.3,
          .block_sd = 0.05};
}

struct StallCase {
  TrialNoise noise;
  double found = 0;  // percent of the stalls, at least
};

class FoundStalls : public ::testing::TestWithParam<StallCase> {};

TEST_P(FoundStalls, AreStallsAndCalmTrialsAreNot) {
  size_t stalled = 0;
  size_t found = 0;
  size_t calm = 0;
  size_t wrong = 0;
  for (int i = 0; i < SimulatedSweeps(1'000); ++i) {
    const SimulatedSweep sweep =
        Simulate(kDosesOfCurve, 6, TimeOfCritical, GetParam().noise, static_cast<uint64_t>(i) + 1);
    const std::vector<size_t> stalls = FindStalls(sweep.trials, sweep.levels, 0);
    const std::set<size_t> set(stalls.begin(), stalls.end());
    for (size_t t = 0; t < sweep.trials.size(); ++t) {
      (sweep.stalled[t] ? stalled : calm) += 1;
      if (set.count(t) != 0) (sweep.stalled[t] ? found : wrong) += 1;
    }
  }
  const double found_percent = 100.0 * static_cast<double>(found) / static_cast<double>(stalled);
  const double wrong_percent = 100.0 * static_cast<double>(wrong) / static_cast<double>(calm);
  RecordProperty("found_percent", std::to_string(found_percent));
  RecordProperty("wrong_percent", std::to_string(wrong_percent));
  EXPECT_GE(found_percent, GetParam().found);
  EXPECT_LE(wrong_percent, 1.1);
}

std::vector<StallCase> StallCases() {
  std::vector<StallCase> cases = {{NoiseOfRealTrials("few_and_long", 0.02), 95},
                                  {NoiseOfRealTrials("many_and_short", 0.035), 60}};
  cases[0].noise.stall_share = 0.05;
  // As on a virtual machine whose processor is shared.
  cases[1].noise.stall_share = 0.15;
  cases[1].noise.least_stall = 0.12;
  cases[1].noise.most_stall = 0.6;
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Machines, FoundStalls, ::testing::ValuesIn(StallCases()),
                         [](const auto& info) { return info.param.noise.name; });

TEST(FindStalls, InventsFew) {
  size_t trials = 0;
  size_t wrong = 0;
  for (int i = 0; i < SimulatedSweeps(1'000); ++i) {
    const SimulatedSweep sweep =
        Simulate(kDosesOfCurve, 4, TimeOfCritical, NoiseOfRealTrials("none", 0.05),
                 static_cast<uint64_t>(i) + 1);
    trials += sweep.trials.size();
    wrong += FindStalls(sweep.trials, sweep.levels, 0).size();
  }
  RecordProperty("percent",
                 std::to_string(100.0 * static_cast<double>(wrong) / static_cast<double>(trials)));
  EXPECT_LE(wrong, trials * 15 / 1'000);
}

TEST(FindStalls, FindsTwoOfThreeTrialsOfALevel) {
  // Five levels in three blocks, without noise but for the last digits.
  std::vector<PooledTrial> trials;
  std::vector<size_t> levels;
  for (size_t block = 0; block < 3; ++block) {
    for (size_t level = 0; level < 5; ++level) {
      const double noise = 1e-3 * static_cast<double>((7 * block + 3 * level) % 5);
      const double stall = level == 4 && block > 0 ? 0.5 : 0;
      trials.push_back({block, 0, 0, 1 + noise + stall});
      levels.push_back(level);
    }
  }
  EXPECT_EQ(FindStalls(trials, levels, 0), (std::vector<size_t>{9, 14}));
}

TEST(FindStalls, FindsAStallBesideAShortTrial) {
  SimulatedSweep sweep =
      Simulate(kDosesOfCurve, 6, TimeOfCritical, NoiseOfRealTrials("none", 0.01), 1);
  sweep.trials[9].y *= 0.5;   // ended early
  sweep.trials[11].y *= 1.4;  // in the same block
  EXPECT_EQ(FindStalls(sweep.trials, sweep.levels, 0), std::vector<size_t>{11});
}

// Figures with few digits: most trials are equal, and others one step longer.
TEST(FindStalls, TakesNoStepOfThePrintedFiguresForAStall) {
  SimulatedSweep sweep =
      Simulate(kDosesOfCurve, 6, TimeOfCritical, {.name = "none", .sigma = 0}, 1);
  for (const size_t i : {2, 9, 13, 20}) sweep.trials[i].y += 0.01;
  EXPECT_FALSE(FindStalls(sweep.trials, sweep.levels, 0).empty());
  EXPECT_TRUE(FindStalls(sweep.trials, sweep.levels, 0.01).empty());
  sweep.trials[5].y += 0.2;
  EXPECT_EQ(FindStalls(sweep.trials, sweep.levels, 0.01), std::vector<size_t>{5});
}

// In designs with any trials missing, each block and each level keeps a trial: the others do not
// tell what it should take.
TEST(FindStalls, LeaveATrialOfEachBlockAndLevel) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform;
  for (int round = 0; round < 2'000; ++round) {
    std::vector<PooledTrial> trials;
    std::vector<size_t> levels;
    const double share = uniform(random);
    for (size_t block = 0; block < 4; ++block) {
      for (size_t level = 0; level < 4; ++level) {
        if (uniform(random) > share) continue;
        const double stall = uniform(random) < 0.3 ? 0.5 : 0;
        trials.push_back({block, 0, 0, 1 + 0.01 * uniform(random) + stall});
        levels.push_back(level);
      }
    }
    const std::vector<size_t> stalls = FindStalls(trials, levels, 0);
    std::set<size_t> blocks_left, levels_left, blocks, all_levels;
    for (size_t i = 0; i < trials.size(); ++i) {
      blocks.insert(trials[i].block);
      all_levels.insert(levels[i]);
      if (std::find(stalls.begin(), stalls.end(), i) != stalls.end()) continue;
      blocks_left.insert(trials[i].block);
      levels_left.insert(levels[i]);
    }
    EXPECT_EQ(blocks_left, blocks) << round;
    EXPECT_EQ(levels_left, all_levels) << round;
  }
}

TEST(FindStalls, FindsNoneInExactOrFewTrials) {
  const SimulatedSweep exact =
      Simulate(kDosesOfCurve, 6, TimeOfCritical, {.name = "none", .sigma = 0}, 1);
  EXPECT_TRUE(FindStalls(exact.trials, exact.levels, 0).empty());
  EXPECT_TRUE(FindStalls({}, {}, 0).empty());
  EXPECT_TRUE(FindStalls({{0, 0, 0, 1}, {0, 1, 1, 9}}, {0, 1}, 0).empty());
}

}  // namespace
}  // namespace pyslow::statistics
