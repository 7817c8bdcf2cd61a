// Comparisons of many subjects with one control: rules R19 to R22.

#include "sweep/statistics/arms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "coverage.h"
#include "repeated_stalls.h"
#include "simulated_noise.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {
namespace {

using State = ArmFinding::State;

ArmObservation Control(size_t block, double seconds) {
  ArmObservation observation;
  observation.block = block;
  observation.seconds_per_unit = seconds;
  return observation;
}

ArmObservation Slowed(size_t block, size_t arm, double seconds, double dose) {
  ArmObservation observation = Control(block, seconds);
  observation.arm = arm;
  observation.dose_seconds = dose;
  return observation;
}

TEST(LargestGain, IsWhatRemovingTheOwnTimeGains) {
  EXPECT_DOUBLE_EQ(LargestGain(0.2, 1), 0.25);
  EXPECT_DOUBLE_EQ(LargestGain(0.4, 1, 0.5), 0.25);
  EXPECT_DOUBLE_EQ(LargestGain(0.4, 1, -1), 0);
  EXPECT_EQ(LargestGain(1, 1), std::numeric_limits<double>::infinity());
}

TEST(ArmDose, DoublesIfTrialsAreNoisy) {
  EXPECT_DOUBLE_EQ(ArmDose(0.01, 0.05, 4), 0.01);
  EXPECT_DOUBLE_EQ(ArmDose(0.01, 0.06, 4), 0.02);
  EXPECT_DOUBLE_EQ(ArmDose(0.01, 0.06, 1.5), 0.005);
}

TEST(SmallDose, IsLargerThanTheOwnTimeAndTheNoise) {
  EXPECT_DOUBLE_EQ(SmallDose(0.001, 0.01, 0.0001, 0.01), 0.002);
  EXPECT_DOUBLE_EQ(SmallDose(0.001, 0.01, 0.001, 0.01), 0.004);
  EXPECT_DOUBLE_EQ(SmallDose(0.004, 0.01, 0.0001, 0.01), 0.005);   // half of T0
  EXPECT_DOUBLE_EQ(SmallDose(0.004, 0.01, 0.0001, 0.004), 0.002);  // half of the large dose
  EXPECT_DOUBLE_EQ(SmallDose(0, 0.01, 0, 0.01), 0.005);            // nothing is known
}

ArmFinding WithKappa(double value, double low, double high, size_t trials) {
  ArmFinding finding;
  finding.kappa = {value, model::Range{low, high}};
  finding.trials = trials;
  return finding;
}

TEST(JudgeNow, ComparesWithHalfOfTheShareAtTheLargeDose) {
  const ArmFinding large = WithKappa(0.6, 0.5, 0.7, 3);
  EXPECT_EQ(JudgeNow(WithKappa(0.5, 0.31, 0.7, 2), large), Now::kCounts);
  EXPECT_EQ(JudgeNow(WithKappa(0, -0.2, 0.29, 2), large), Now::kHidden);
  EXPECT_EQ(JudgeNow(WithKappa(0.3, 0.1, 0.5, 2), large), Now::kUnknown);
  EXPECT_EQ(JudgeNow(WithKappa(0.5, 0.31, 0.7, 1), large), Now::kUnknown);  // one trial
  EXPECT_EQ(JudgeNow(ArmFinding(), large), Now::kUnknown);                  // no interval
}

TEST(ControlsOf, IsTheRootOfTheArms) {
  EXPECT_EQ(ControlsOf(1), 1U);
  EXPECT_EQ(ControlsOf(20), 4U);
  EXPECT_EQ(ControlsOf(100), 10U);
}

TEST(BlocksToJudge, IsTheFirstNumberWithIntervals) {
  for (const size_t arms : {1, 2, 3}) {
    const size_t first = BlocksToJudge(arms);
    for (const size_t blocks : {first - 1, first}) {
      std::vector<ArmObservation> trials;
      for (size_t block = 0; block < blocks; ++block) {
        for (size_t control = 0; control < ControlsOf(arms); ++control) {
          trials.push_back(Control(block, 1));
        }
        for (size_t arm = 0; arm < arms; ++arm) {
          trials.push_back(Slowed(block, arm, block % 2 == 0 ? 2 : 2.01, 1));
        }
      }
      const ArmFinding finding = JudgeArms(trials, arms, {.subjects = arms, .looks = 8}).front();
      EXPECT_EQ(finding.effect.range.has_value(), blocks == first) << arms << " arms";
    }
  }
  EXPECT_EQ(BlocksToJudge(20), 2U);
  EXPECT_EQ(BlocksToJudge(0), 2U);
}

TEST(JudgeArms, SubtractsTheBlocksControls) {
  const std::vector<ArmObservation> trials = {
      Control(0, 1), Slowed(0, 0, 2.1, 1), Slowed(0, 1, 1, 1),
      Control(1, 3), Slowed(1, 0, 3.9, 1), Slowed(1, 1, 3, 1),
      Control(2, 2), Slowed(2, 0, 3, 1),   Slowed(2, 1, 2, 1)};
  const std::vector<ArmFinding> findings = JudgeArms(trials, 3, {.subjects = 2, .looks = 8});
  EXPECT_NEAR(findings[0].effect.value, 1, 1e-12);
  EXPECT_EQ(findings[0].state, State::kCritical);
  EXPECT_NEAR(findings[1].effect.value, 0, 1e-12);
  EXPECT_EQ(findings[2].trials, 0U);
  EXPECT_EQ(findings[2].state, State::kUndecided);
}

TEST(JudgeArms, OneStalledTrialIsNoFind) {
  std::vector<ArmObservation> trials;
  for (size_t block = 0; block < 3; ++block) {
    for (size_t i = 0; i < 5; ++i) {
      const double noise = i % 2 == block % 2 ? 0.01 : -0.01;
      trials.push_back(Control(block, 1 + noise));
      trials.push_back(Slowed(block, i, 1 - noise, 1));
    }
  }
  trials[1].seconds_per_unit = 1.9;
  EXPECT_FALSE(JudgeArms(trials, 5, {.subjects = 5, .looks = 8})[0].is_found());
}

// A comparison with the looks of R20. A share of the arms is critical or partial.
struct ArmSweep {
  std::vector<double> kappas;
  std::vector<ArmFinding> findings;
  size_t trials = 0;
};

class SimulatedArms {
 public:
  SimulatedArms(const TrialNoise& noise, double dose, uint64_t seed)
      : noise_(noise), dose_(dose), random_(seed) {}

  ArmSweep Run(std::vector<double> kappas) {
    ArmSweep sweep;
    sweep.kappas = std::move(kappas);
    const size_t arms = sweep.kappas.size();
    sweep.findings.resize(arms);
    std::vector<ArmObservation> trials;
    size_t block = 0;
    for (const size_t look : kArmLooks) {
      for (; block < look; ++block) AddBlock(sweep, block, trials);
      if (noise_.stall_share > 0 && block >= kMinBlocksForStalls) RepeatStalls(sweep, trials);
      const ArmLimits limits{.subjects = arms, .looks = kArmLooks.size()};
      const std::vector<ArmFinding> now = JudgeArms(trials, arms, limits);
      size_t open = 0;
      for (size_t i = 0; i < arms; ++i) {
        if (!sweep.findings[i].is_decided()) sweep.findings[i] = now[i];
        open += sweep.findings[i].is_decided() ? 0 : 1;
      }
      if (open == 0) break;
    }
    sweep.trials = trials.size();
    return sweep;
  }

 private:
  static constexpr size_t kMinBlocksForStalls = 3;

  double Time(const ArmSweep& sweep, size_t block, std::optional<size_t> arm) {
    const double exact = arm.has_value() ? 1 + sweep.kappas[*arm] * dose_ : 1;
    const double deviate = (gamma_(random_) - 2) / std::sqrt(2.0);
    double time =
        exact + noise_.sigma * deviate * std::pow(exact, noise_.power) + block_effects_[block];
    return time * StallFactor(noise_, random_);
  }

  void RepeatStalls(const ArmSweep& sweep, std::vector<ArmObservation>& trials) {
    std::vector<size_t> levels;
    for (const ArmObservation& trial : trials) {
      levels.push_back(trial.arm.has_value() ? *trial.arm + 1 : 0);
    }
    repeater_.Look([&] { return PooledOf(trials); }, levels,
                   [&](size_t stall) {
                     ArmObservation& trial = trials[stall];
                     trial.seconds_per_unit = Time(sweep, trial.block, trial.arm);
                   });
  }

  void AddBlock(const ArmSweep& sweep, size_t block, std::vector<ArmObservation>& trials) {
    block_effects_.push_back(noise_.block_sd * normal_(random_));
    size_t open = 0;
    for (size_t i = 0; i < sweep.kappas.size(); ++i) {
      if (sweep.findings[i].is_decided()) continue;
      ++open;
      trials.push_back(Slowed(block, i, Time(sweep, block, i), dose_));
    }
    for (size_t i = 0; i < ControlsOf(open); ++i)
      trials.push_back(Control(block, Time(sweep, block, {})));
  }

  const TrialNoise noise_;
  const double dose_;
  std::mt19937_64 random_;
  std::gamma_distribution<double> gamma_{2, 1};
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::vector<double> block_effects_;
  StallRepeater repeater_;
};

struct ArmsCase {
  std::string name;
  size_t arms;
  TrialNoise noise;
  double dose;
  int sweeps;
};

class ArmsRule : public ::testing::TestWithParam<ArmsCase> {
 protected:
  static ArmSweep Run(int number, double not_hidden) {
    const ArmsCase& c = GetParam();
    std::vector<double> kappas(c.arms, 0);
    const auto each =
        static_cast<size_t>(std::lround(static_cast<double>(c.arms) * not_hidden / 2));
    for (size_t i = 0; i < each; ++i) {
      kappas[i] = 1;
      kappas[c.arms - 1 - i] = 0.3;
    }
    return SimulatedArms(c.noise, c.dose, static_cast<uint64_t>(number) + 1).Run(kappas);
  }
};

class FalseFinds : public ArmsRule {};

TEST_P(FalseFinds, AreRareAmongHiddenSubjects) {
  const int sweeps = SimulatedSweeps(GetParam().sweeps);
  int with_false_find = 0;
  for (int i = 0; i < sweeps; ++i) {
    const ArmSweep sweep = Run(i, 0);
    bool any = false;
    for (const ArmFinding& finding : sweep.findings) any = any || finding.is_found();
    with_false_find += any ? 1 : 0;
  }
  RecordProperty("any_false_find_percent", std::to_string(100.0 * with_false_find / sweeps));
  EXPECT_LE(with_false_find, sweeps * 5 / 100);
}

TEST_P(ArmsRule, DecidesCriticalAndPartialSubjects) {
  const int sweeps = SimulatedSweeps(GetParam().sweeps);
  double subjects = 0;
  double decided = 0;
  double wrong = 0;
  double trials = 0;
  int with_false_find = 0;
  Coverage kappa;
  for (int i = 0; i < sweeps; ++i) {
    const ArmSweep sweep = Run(i, 0.2);
    trials += static_cast<double>(sweep.trials);
    bool any = false;
    for (size_t a = 0; a < sweep.kappas.size(); ++a) {
      const ArmFinding& finding = sweep.findings[a];
      const double truth = sweep.kappas[a];
      const State right = truth == 0   ? State::kHidden
                          : truth == 1 ? State::kCritical
                                       : State::kPartial;
      any = any || (truth == 0 && finding.is_found());
      kappa.Add(finding.kappa, truth);
      ++subjects;
      if (!finding.is_decided()) continue;
      ++decided;
      wrong += finding.state == right ? 0 : 1;
    }
    with_false_find += any ? 1 : 0;
  }
  RecordProperty("any_false_find_percent", std::to_string(100.0 * with_false_find / sweeps));
  RecordProperty("decided_percent", std::to_string(100 * decided / subjects));
  RecordProperty("wrong_percent", std::to_string(100 * wrong / decided));
  RecordProperty("kappa", kappa.Text());
  RecordProperty("trials", std::to_string(trials / sweeps));
  EXPECT_LE(with_false_find, sweeps * 5 / 100);
  EXPECT_LE(wrong, 0.01 * decided);
  EXPECT_GE(kappa.Percent(), 93);
}

std::vector<ArmsCase> ArmsCases() {
  TrialNoise noise;
  noise.power = 0.3;
  noise.block_sd = 0.05;
  TrialNoise proportional = noise;
  proportional.power = 1;
  TrialNoise much = noise;
  much.sigma = 0.1;
  TrialNoise stalls = noise;
  stalls.stall_share = 0.05;
  return {{"20", 20, noise, 1, 200},
          {"20_proportional", 20, proportional, 1, 200},
          {"20_at_10_percent", 20, much, 2, 200},
          {"20_with_stalls", 20, stalls, 1, 200},
          {"100", 100, noise, 1, 60}};
}

// R17 is slow with 100 subjects.
std::vector<ArmsCase> FalseFindCases() {
  std::vector<ArmsCase> cases = ArmsCases();
  cases.push_back({"100_with_stalls", 100, cases[3].noise, 1, 20});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Subjects, FalseFinds, ::testing::ValuesIn(FalseFindCases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Subjects, ArmsRule, ::testing::ValuesIn(ArmsCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace pyslow::statistics
