// Whether 95% intervals hold the truth as often as they say, on workloads whose truth is known.
// Each sweep goes the whole way from the plan to the analysis, with only the trials simulated.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "experiment/analysis.h"
#include "experiment/plan.h"
#include "experiment/sweep.h"
#include "simulated_workload.h"

namespace pyslow::experiment {
namespace {

constexpr int kSweeps = 2'000;
constexpr int kBlocks = 8;
const std::vector<int64_t> kDelays = {0, 1'000, 10'000, 100'000};  // 100 us: a dose of all of T0

Analysis Sweep(const Workload& workload, int number) {
  const auto seed = static_cast<uint64_t>(number);
  const std::vector<PlannedTrial> plan = PlanBlocks(kDelays, kBlocks, seed);
  // The noise must not hang on the order, so its seed is another one.
  SimulatedTrials runner(workload, static_cast<int>(plan.size()), seed + 1'000'003);
  std::vector<Trial> trials;
  RunTrials(plan, runner, [&](const Trial& trial) {
    trials.push_back(trial);
    return absl::OkStatus();
  });
  return Analyse(trials, kDelays, Measure::kThroughput, {10'000});
}

struct Truth {
  std::string name;
  Workload workload;
  double kappa = 0;
};

Workload With(double kappa) {
  Workload workload;
  workload.added = [kappa](double dose) { return kappa * dose; };
  return workload;
}

std::vector<Truth> Truths() {
  std::vector<Truth> truths = {
      {"serial", With(1), 1}, {"hidden", With(0), 0}, {"a third", With(0.3), 0.3}};
  truths.push_back({"heavy tails", With(1), 1});
  truths.back().workload.heavy_tails = true;
  truths.push_back({"drift between blocks", With(1), 1});
  truths.back().workload.block_drift = 0.05;
  truths.push_back({"drift all along", With(0.3), 0.3});
  truths.back().workload.whole_drift = 0.05;
  truths.push_back({"noisy", With(0.3), 0.3});
  truths.back().workload.noise = 0.05;
  return truths;
}

bool Holds(const Range& range, double truth) { return range.low <= truth && truth <= range.high; }

class Coverage : public ::testing::TestWithParam<Truth> {};

// At a true 95% the share of 2000 sweeps has a standard deviation of half a point.
TEST_P(Coverage, OfTheCriticalFractionIsAtLeast93Percent) {
  int covered = 0;
  for (int i = 0; i < kSweeps; ++i) {
    const Analysis analysis = Sweep(GetParam().workload, i);
    ASSERT_TRUE(analysis.kappa.has_value()) << analysis.kappa_withheld;
    covered += Holds(*analysis.kappa->range, GetParam().kappa) ? 1 : 0;
  }
  RecordProperty("covered", covered);
  EXPECT_GE(covered, kSweeps * 93 / 100);
}

// Of the predictions that are given: a withheld one says nothing that could be wrong.
TEST_P(Coverage, OfWhatIsExpectedOfFasterCallsIsAtLeast93Percent) {
  const Workload& workload = GetParam().workload;
  const double control = workload.seconds_per_unit * (1 + workload.whole_drift / 2);
  // 10 us less for each of the calls.
  const double faster = control - GetParam().kappa * workload.calls_per_unit * 10e-6;
  int given = 0;
  int gain_covered = 0;
  int throughput_covered = 0;
  for (int i = 0; i < kSweeps; ++i) {
    const Analysis analysis = Sweep(workload, i);
    const Prediction& prediction = analysis.predictions.front();
    if (!prediction.withheld.empty()) continue;
    ++given;
    gain_covered += Holds(*prediction.gain->range, control / faster) ? 1 : 0;
    throughput_covered += Holds(*prediction.throughput->range, 1 / faster) ? 1 : 0;
  }
  RecordProperty("given", given);
  if (GetParam().kappa == 0) {
    EXPECT_LE(given, kSweeps * 4 / 100);  // one side of a 95% interval
    return;
  }
  RecordProperty("gain_covered", gain_covered);
  RecordProperty("throughput_covered", throughput_covered);
  EXPECT_GE(given, kSweeps * 4 / 10);
  EXPECT_GE(gain_covered, given * 93 / 100);
  EXPECT_GE(throughput_covered, given * 93 / 100);
}

TEST_P(Coverage, OfTheChangeAtTheLargestDelayIsAtLeast93Percent) {
  const Workload& workload = GetParam().workload;
  const double control = workload.seconds_per_unit * (1 + workload.whole_drift / 2);
  const double truth =
      control / (control + GetParam().kappa * workload.calls_per_unit * 100e-6) - 1;
  int covered = 0;
  for (int i = 0; i < kSweeps; ++i) {
    const Analysis analysis = Sweep(workload, i);
    covered += Holds(*analysis.levels.back().change->range, truth) ? 1 : 0;
  }
  RecordProperty("covered", covered);
  EXPECT_GE(covered, kSweeps * 93 / 100);
}

// So that a failed test names its workload.
void PrintTo(const Truth& truth, std::ostream* stream) { *stream << truth.name; }

INSTANTIATE_TEST_SUITE_P(Workloads, Coverage, ::testing::ValuesIn(Truths()), [](const auto& info) {
  std::string name = info.param.name;
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace pyslow::experiment
