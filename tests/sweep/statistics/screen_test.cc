#include "sweep/statistics/screen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "simulated_workload.h"
#include "sweep/statistics/hadamard.h"

namespace pyslow::statistics {

using model::Estimate;
namespace {

constexpr int kSweeps = 1'000;
constexpr size_t kFunctions = 100;

TEST(Hadamard, HasOrthogonalColumnsAtEveryOrder) {
  for (size_t order = 1; order <= 320; order = HadamardOrder(order + 1)) {
    const Eigen::MatrixXi matrix = HadamardMatrix(order);
    const auto size = static_cast<int>(order);
    EXPECT_EQ(matrix.transpose() * matrix, size * Eigen::MatrixXi::Identity(size, size)) << order;
    EXPECT_TRUE((matrix.col(0).array() == 1).all()) << order;
  }
}

TEST(Hadamard, HasFewUnusedTrials) {
  for (size_t least = 2; least <= 1'000; ++least) {
    EXPECT_LE(HadamardOrder(least), std::max(least + 3, least * 6 / 5)) << least;
  }
}

void ExpectBalanced(const ScreenDesign& design) {
  for (size_t f = 0; f < design.trials.front().size(); ++f) {
    const auto on = std::count_if(design.trials.begin(), design.trials.end(),
                                  [f](const std::vector<bool>& trial) { return trial[f]; });
    EXPECT_EQ(static_cast<size_t>(on) * 2, design.trials.size());
  }
}

TEST(DesignScreen, SlowsEachFunctionInHalfOfTheTrials) {
  for (const size_t functions : {1U, 3U, 63U, 64U, 100U, 126U, 300U}) {
    const ScreenDesign design = DesignScreen(functions, 7);
    ExpectBalanced(design);
    EXPECT_EQ(design.factor_of.size(), functions);
    EXPECT_EQ(design.trials.size(), functions <= 126 ? 64U : 152U) << functions;
  }
}

TEST(DesignScreen, DependsOnlyOnTheSeed) {
  EXPECT_EQ(DesignScreen(100, 1).trials, DesignScreen(100, 1).trials);
  EXPECT_NE(DesignScreen(100, 1).trials, DesignScreen(100, 2).trials);
}

TEST(DesignSecondScreen, PutsOppositeTrialsSideBySide) {
  for (const size_t functions : {1U, 3U, 20U, 40U}) {
    const ScreenDesign design = DesignSecondScreen(std::vector<size_t>(functions), 7);
    EXPECT_EQ(design.trials.size(), functions <= 20 ? 64U : 112U);
    ExpectBalanced(design);
    for (size_t t = 0; t < design.trials.size(); t += 2) {
      for (size_t f = 0; f < functions; ++f) {
        EXPECT_NE(design.trials[t][f], design.trials[t + 1][f]);
      }
    }
  }
}

// T of the trials of a design; `effects` by function, as ratios of T0.
ScreenTimes Times(const ScreenDesign& design, const std::vector<double>& effects,
                  const Disturbance& disturbance, uint64_t seed) {
  SimulatedWorkload workload;
  workload.seconds_per_unit = 1;
  workload.functions.assign(effects.size(), {});
  workload.disturbance = disturbance;
  workload.added = [&effects](const std::vector<double>& doses) {
    double added = 0;
    for (size_t f = 0; f < doses.size(); ++f) added += doses[f] > 0 ? effects[f] : 0;
    return added;
  };
  Simulation simulation(workload, design.trials.size(), seed);
  ScreenTimes times;
  for (const std::vector<bool>& trial : design.trials) {
    std::vector<int64_t> delays;
    for (size_t f = 0; f < effects.size(); ++f) {
      delays.push_back(trial[design.factor_of[f]] ? 1'000 : 0);
    }
    times.push_back(simulation.Run(delays, 0).seconds_per_unit);
  }
  return times;
}

struct Found {
  int right = 0;
  int wrong = 0;
};

// Functions with a dose of 2% of T0 and unknown savings.
ScreenPrior Unknown(size_t functions, double noise_seconds) {
  return {std::vector<double>(functions, 0.02), {}, noise_seconds};
}

Found ScreenTwice(const std::vector<double>& effects, const Disturbance& disturbance,
                  uint64_t seed) {
  const ScreenDesign first = DesignScreen(effects.size(), seed);
  const std::vector<size_t> leading =
      LeadingFunctions(first, Times(first, effects, disturbance, 2 * seed),
                       Unknown(effects.size(), disturbance.noise), 10);
  const ScreenDesign second = DesignSecondScreen(leading, seed + 1);
  EXPECT_EQ(first.trials.size() + second.trials.size(), 128U);
  std::vector<double> larger;
  larger.reserve(leading.size());
  for (const size_t function : leading) larger.push_back(2.5 * effects[function]);
  Found found;
  for (const ScreenedFunction& f :
       JudgeScreen(second, Times(second, larger, disturbance, 2 * seed + 1))) {
    if (f.found) ++(larger[f.function] > 0 ? found.right : found.wrong);
  }
  return found;
}

struct Cell {
  std::string name;
  Disturbance disturbance;
  double recall = 0.9;  // at least
};
void PrintTo(const Cell& cell, std::ostream* stream) { *stream << cell.name; }

std::vector<Cell> Cells() {
  std::vector<Cell> cells(3);
  cells[0].name = "calm";
  cells[1].name = "drifting";
  cells[1].disturbance.whole_drift = 0.05;
  cells[1].recall = 0.85;  // drift raises the variance of the first stage by half
  cells[2].name = "heavy_tailed";
  cells[2].disturbance.heavy_tails = true;
  return cells;
}

class Screening : public ::testing::TestWithParam<Cell> {};

TEST_P(Screening, FindsNothingAmongHarmlessFunctionsInNineteenOfTwentySweeps) {
  int any = 0;
  for (int i = 0; i < kSweeps; ++i) {
    const std::vector<double> harmless(kFunctions, 0);
    any += ScreenTwice(harmless, GetParam().disturbance, static_cast<uint64_t>(i)).wrong > 0;
  }
  RecordProperty("any_percent", std::to_string(100.0 * any / kSweeps));
  EXPECT_LE(any, kSweeps * 5 / 100);
}

TEST_P(Screening, FindsNineOfTenEffectsOfOneOrTwoPercent) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> size(0.01, 0.02);
  int right = 0;
  int any_wrong = 0;
  for (int i = 0; i < kSweeps; ++i) {
    std::vector<double> effects(kFunctions, 0);
    for (size_t f = 0; f < 5; ++f) effects[f] = size(random);
    const Found found = ScreenTwice(effects, GetParam().disturbance, static_cast<uint64_t>(i));
    right += found.right;
    any_wrong += found.wrong > 0 ? 1 : 0;
  }
  RecordProperty("recall", std::to_string(right / (5.0 * kSweeps)));
  RecordProperty("any_wrong_percent", std::to_string(100.0 * any_wrong / kSweeps));
  EXPECT_GE(right, 5 * kSweeps * GetParam().recall);
  EXPECT_LE(any_wrong, kSweeps * 5 / 100);
}

// The percentage of sweeps in which function 0 is among the leaders.
double GoesOn(const std::vector<double>& effects, const std::vector<double>& savings,
              double noise_seconds) {
  Disturbance disturbance;
  disturbance.noise = noise_seconds;
  ScreenPrior prior = Unknown(effects.size(), noise_seconds);
  prior.max_savings = savings;
  int times_on = 0;
  for (uint64_t seed = 1; seed <= kSweeps; ++seed) {
    const ScreenDesign design = DesignScreen(effects.size(), seed);
    const std::vector<size_t> leading =
        LeadingFunctions(design, Times(design, effects, disturbance, 2 * seed), prior, 10);
    times_on += std::count(leading.begin(), leading.end(), 0U) > 0 ? 1 : 0;
  }
  return 100.0 * times_on / kSweeps;
}

// All have the same effect, below the noise.
TEST(LeadingFunctions, HaveTheMostOwnTimeIfAllCount) {
  const std::vector<double> effects(kFunctions, 0.02);
  std::vector<double> savings(kFunctions, 1);
  savings[0] = 30;
  const double unknown = GoesOn(effects, {}, 0.1);
  const double known = GoesOn(effects, savings, 0.1);
  RecordProperty("unknown_percent", std::to_string(unknown));
  RecordProperty("known_percent", std::to_string(known));
  EXPECT_LE(unknown, 40);
  EXPECT_GE(known, 99);
}

TEST(LeadingFunctions, ExcludeHiddenFunctionsWhateverTheirOwnTime) {
  std::vector<double> effects(kFunctions, 0);
  effects[0] = 0.02;
  for (const double times_as_long : {3.0, 10.0, 30.0}) {
    std::vector<double> savings(kFunctions, 1);
    for (size_t f = 1; f <= 30; ++f) savings[f] = times_as_long;
    const double calm = GoesOn(effects, savings, 0.02);
    const double noisy = GoesOn(effects, savings, 0.05);
    RecordProperty("calm_percent_" + std::to_string(static_cast<int>(times_as_long)),
                   std::to_string(calm));
    RecordProperty("noisy_percent_" + std::to_string(static_cast<int>(times_as_long)),
                   std::to_string(noisy));
    EXPECT_GE(calm, 95) << times_as_long;
    EXPECT_GE(noisy, 50) << times_as_long;
  }
}

TEST(NoiseOfAlike, IgnoresAStalledTrial) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0, 0.02);
  double sum = 0;
  for (int i = 0; i < kSweeps; ++i) {
    std::vector<double> off;
    std::vector<double> on;
    for (int trial = 0; trial < 16; ++trial) {
      off.push_back(1 + noise(random));
      on.push_back(3 + noise(random));
    }
    on[5] = 9;
    sum += NoiseOfAlike(off, on);
  }
  EXPECT_NEAR(sum / kSweeps, 0.02, 0.002);
}

INSTANTIATE_TEST_SUITE_P(Disturbances, Screening, ::testing::ValuesIn(Cells()),
                         [](const auto& info) { return info.param.name; });

TEST(JudgeScreen, FindsOneOfThreeFunctions) {
  EXPECT_EQ(ScreenTwice({0, 0.02, 0}, {}, 5).right, 1);
  EXPECT_EQ(ScreenTwice({0, 0.02, 0}, {}, 5).wrong, 0);
}

TEST(JudgeScreen, AcceptsTimesWithoutNoise) {
  Disturbance none;
  none.noise = 0;
  EXPECT_EQ(ScreenTwice({0, 0.02, 0}, none, 5).right, 1);
  EXPECT_EQ(ScreenTwice({0, 0.02, 0}, none, 5).wrong, 0);
}

// The curvature of twenty functions, each of which adds `dose` to a sum of which `added` reaches T.
Estimate CurvatureOf(const std::function<double(double)>& added, uint64_t seed) {
  constexpr size_t kMany = 20;
  constexpr double kDose = 0.02;
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise(0, 0.02);
  const ScreenDesign design = DesignScreen(kMany, seed);
  ScreenTimes screen;
  for (const std::vector<bool>& trial : design.trials) {
    const auto on = static_cast<double>(std::count(trial.begin(), trial.end(), true));
    screen.push_back(1 + added(on * kDose) + noise(random));
  }
  std::vector<double> off;
  std::vector<double> all;
  for (int i = 0; i < 16; ++i) {
    off.push_back(1 + noise(random));
    all.push_back(1 + added(kMany * kDose) + noise(random));
  }
  return Curvature(off, all, screen);
}

TEST(Curvature, ShowsFunctionsThatHideOnlyTogether) {
  int shown = 0;
  for (uint64_t seed = 1; seed <= 1'000; ++seed) {
    const Estimate curvature =
        CurvatureOf([](double dose) { return std::max(0.0, dose - 0.3); }, seed);
    shown += curvature.range->low > 0 ? 1 : 0;
  }
  RecordProperty("shown_percent", std::to_string(shown / 10.0));
  EXPECT_GE(shown, 900);
}

TEST(Curvature, IncludesZeroIfEffectsAddUp) {
  int held = 0;
  for (uint64_t seed = 1; seed <= 1'000; ++seed) {
    const Estimate curvature = CurvatureOf([](double dose) { return 0.5 * dose; }, seed);
    held += curvature.range->low <= 0 && curvature.range->high >= 0 ? 1 : 0;
  }
  RecordProperty("held_percent", std::to_string(held / 10.0));
  EXPECT_GE(held, 930);
}

}  // namespace
}  // namespace pyslow::statistics
