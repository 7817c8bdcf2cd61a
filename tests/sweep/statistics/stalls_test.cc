#include "sweep/statistics/stalls.h"

#include <gtest/gtest.h>

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
    const std::vector<size_t> stalls = FindStalls(sweep.trials, sweep.levels);
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
  EXPECT_LE(wrong_percent, 2);
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
    wrong += FindStalls(sweep.trials, sweep.levels).size();
  }
  RecordProperty("percent",
                 std::to_string(100.0 * static_cast<double>(wrong) / static_cast<double>(trials)));
  EXPECT_LE(wrong, trials / 100);
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
  EXPECT_EQ(FindStalls(trials, levels), (std::vector<size_t>{9, 14}));
}

TEST(FindStalls, TakesNoShortTrialForAStall) {
  SimulatedSweep sweep =
      Simulate(kDosesOfCurve, 6, TimeOfCritical, NoiseOfRealTrials("none", 0.01), 1);
  sweep.trials[9].y *= 0.5;
  for (const size_t stall : FindStalls(sweep.trials, sweep.levels)) EXPECT_NE(stall, 9U);
}

TEST(FindStalls, FindsNoneInExactOrFewTrials) {
  const SimulatedSweep exact =
      Simulate(kDosesOfCurve, 6, TimeOfCritical, {.name = "none", .sigma = 0}, 1);
  EXPECT_TRUE(FindStalls(exact.trials, exact.levels).empty());
  EXPECT_TRUE(FindStalls({}, {}).empty());
  EXPECT_TRUE(FindStalls({{0, 0, 0, 1}, {0, 1, 1, 9}}, {0, 1}).empty());
}

}  // namespace
}  // namespace pyslow::statistics
