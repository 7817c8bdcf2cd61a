// Verdicts and coverage with looks at the data, on machines with stalls, drift and other work.

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "coverage.h"
#include "simulated_stops.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {
namespace {

using model::Verdict;

// As noisy as real trials.
TrialNoise RealNoise(const std::string& name) {
  TrialNoise noise;
  noise.name = name;
  noise.kind = TrialNoise::Kind::kSkewed;
  noise.power = 0.3;
  noise.block_sd = 0.05;
  return noise;
}

struct StopCase {
  TrialNoise noise;
  OtherWork work;
};

class Stops : public ::testing::TestWithParam<StopCase> {
 protected:
  static constexpr size_t kMaxBlocks = 16;

  struct Shares {  // percent
    double right = 0, wrong = 0, trials = 0;
    Coverage kappa;
  };

  static Shares Run(double kappa, Verdict right) {
    const int sweeps = SimulatedSweeps(400);
    const auto time = [kappa](double dose) { return kappa * dose; };
    Shares shares;
    for (int i = 0; i < sweeps; ++i) {
      const Stop stop = FirstVerdict(time, GetParam().noise, GetParam().work, kMaxBlocks,
                                     static_cast<uint64_t>(i) + 1);
      const Verdict verdict = stop.finding.verdict();
      shares.trials += static_cast<double>(stop.trials) / sweeps;
      if (verdict == right) shares.right += 100.0 / sweeps;
      if (verdict != right && verdict != Verdict::kInconclusive) shares.wrong += 100.0 / sweeps;
      shares.kappa.Add(stop.finding.kappa, kappa);
    }
    RecordProperty("right", std::to_string(shares.right));
    RecordProperty("wrong", std::to_string(shares.wrong));
    RecordProperty("trials", std::to_string(shares.trials));
    RecordProperty("kappa", shares.kappa.Text());
    return shares;
  }
};

TEST_P(Stops, RarelyCallACriticalFunctionHidden) {
  const Shares shares = Run(1, Verdict::kLinear);
  EXPECT_GE(shares.right, 90);
  EXPECT_LE(shares.wrong, 5);
  EXPECT_GE(shares.kappa.Percent(), 93);
}

TEST_P(Stops, RarelyCallAHiddenFunctionCritical) {
  const Shares shares = Run(0, Verdict::kNone);
  EXPECT_LE(shares.wrong, 5);
  EXPECT_GE(shares.kappa.Percent(), 93);
}

TEST_P(Stops, RarelyCallAPartlyHiddenFunctionLinear) {
  const Shares shares = Run(0.3, Verdict::kSubLinear);
  EXPECT_LE(shares.wrong, 5);
  EXPECT_GE(shares.kappa.Percent(), 93);
}

std::vector<StopCase> StopCases() {
  std::vector<StopCase> cases;
  cases.push_back({RealNoise("real"), {}});
  cases.push_back({RealNoise("proportional"), {}});
  cases.back().noise.power = 1;
  cases.push_back({RealNoise("drift"), {}});
  cases.back().noise.drift = 0.2;
  cases.push_back({RealNoise("stalls"), {}});
  cases.back().noise.stall_share = 0.05;
  cases.push_back({RealNoise("stalls_at_2_percent"), {}});
  cases.back().noise.stall_share = 0.05;
  cases.back().noise.sigma = 0.02;
  cases.push_back({RealNoise("many_stalls"), {}});
  cases.back().noise.sigma = 0.035;
  cases.back().noise.stall_share = 0.15;
  cases.back().noise.least_stall = 0.12;
  cases.back().noise.most_stall = 0.6;
  cases.push_back({RealNoise("other_work"), {0.4, 0, 0.1}});
  cases.push_back({RealNoise("growing_other_work"), {0.1, 0.5, 0.1}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Machines, Stops, ::testing::ValuesIn(StopCases()),
                         [](const auto& info) { return info.param.noise.name; });

struct WorkCase {
  std::string name;
  OtherWork work;
};

class OtherWorkRule : public ::testing::TestWithParam<WorkCase> {};

// R16: all trials as measured cover κ seldom if other work grows with the dose.
TEST_P(OtherWorkRule, KeepsTheCoverage) {
  TrialNoise noise;
  noise.power = 1;
  constexpr size_t kBlocks = 15;
  const int sweeps = SimulatedSweeps(1'000);
  Coverage all;
  Coverage rule;
  double all_width = 0;
  double width = 0;
  for (int i = 0; i < sweeps; ++i) {
    const auto seed = static_cast<uint64_t>(i) + 1;
    SimulatedSweep sweep = Simulate(
        {0, 0.25, 0.5, 1}, kBlocks, [](double dose) { return dose; }, noise, seed);
    AddOtherWork(GetParam().work, seed, sweep);
    const model::Estimate plain = FitPooledSlope(sweep.trials)->WithInterval(0.95);
    const model::Estimate kappa =
        model::Times(FitDelay(BlocksOf(sweep, kBlocks)).slope, 1.0 / 100);  // 100 calls a unit
    all.Add(plain, 1);
    rule.Add(kappa, 1);
    all_width += (plain.range->high - plain.range->low) / 2 / sweeps;
    width += (kappa.range->high - kappa.range->low) / 2 / sweeps;
  }
  RecordProperty("all", all.Text());
  RecordProperty("all_width", std::to_string(all_width));
  RecordProperty("rule", rule.Text());
  RecordProperty("width", std::to_string(width));
  EXPECT_EQ(rule.given, sweeps);
  EXPECT_GE(rule.Percent(), 93);
}

INSTANTIATE_TEST_SUITE_P(Machines, OtherWorkRule,
                         ::testing::Values(WorkCase{"few_2_percent", {0.4, 0, 0.02}},
                                           WorkCase{"most_2_percent", {0.7, 0, 0.02}},
                                           WorkCase{"few_10_percent", {0.4, 0, 0.1}},
                                           WorkCase{"rare_30_percent", {0.1, 0, 0.3}},
                                           WorkCase{"growing_2_percent", {0.1, 0.5, 0.02}},
                                           WorkCase{"growing_10_percent", {0.1, 0.5, 0.1}},
                                           WorkCase{"busy_core", {1, 0, 0.5}},
                                           WorkCase{"blurred", {1, 0, 0.5, 1, 0.5}},
                                           WorkCase{"half_on_path", {1, 0, 0.25, 0.5, 0.5}},
                                           WorkCase{"growing_blurred", {0.1, 0.5, 0.3, 1, 0.5}}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace pyslow::statistics
