#include "experiment/analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "experiment/plan.h"
#include "experiment/response.h"
#include "experiment/sweep.h"
#include "simulated_workload.h"

namespace pyslow::experiment {
namespace {

using ::testing::HasSubstr;

const std::vector<int64_t> kDelays = {0, 1'000, 10'000, 100'000};

std::vector<Trial> Simulated(const Workload& workload, int blocks = 8) {
  const std::vector<PlannedTrial> plan = PlanBlocks(kDelays, blocks, 1);
  SimulatedTrials runner(workload, static_cast<int>(plan.size()), 1);
  std::vector<Trial> trials;
  RunTrials(plan, runner, [&](const Trial& trial) {
    trials.push_back(trial);
    return absl::OkStatus();
  });
  return trials;
}

Analysis Analysed(const Workload& workload) {
  return Analyse(Simulated(workload), kDelays, Measure::kThroughput, {10'000});
}

TEST(CallsPerUnit, IsTheCountWhereARunIsTheUnit) {
  Trial trial;
  trial.counts = TrialCounts{200, 100, 0, 0};
  EXPECT_EQ(CallsPerUnit(trial, Measure::kWallTime), 100);
}

TEST(CallsPerUnit, IsTheRateInTheWindowTimesTheTimeOfAUnitOtherwise) {
  Trial trial;
  trial.window_seconds = 5;
  trial.seconds_per_unit = 0.1;
  trial.counts = TrialCounts{200, 100, 0, 0};
  EXPECT_DOUBLE_EQ(*CallsPerUnit(trial, Measure::kThroughput), 2);
}

TEST(CallsPerUnit, IsUnknownWithoutCountsOrAWindow) {
  Trial trial;
  EXPECT_FALSE(CallsPerUnit(trial, Measure::kWallTime).has_value());
  trial.counts.emplace();
  EXPECT_FALSE(CallsPerUnit(trial, Measure::kTime).has_value());
}

TEST(CompleteBlocks, LeavesOutABlockThatMissesADelay) {
  std::vector<Trial> trials = Simulated({}, 3);
  trials.pop_back();
  EXPECT_EQ(CompleteBlocks(trials, kDelays, Measure::kThroughput).size(), 2U);
  const Analysis analysis = Analyse(trials, kDelays, Measure::kThroughput, {});
  EXPECT_EQ(analysis.blocks, 2U);
  EXPECT_EQ(analysis.trials_left_out, 3U);
}

TEST(CompleteBlocks, SortsEachBlockByDelay) {
  for (const Block& block : CompleteBlocks(Simulated({}), kDelays, Measure::kThroughput)) {
    for (size_t i = 0; i < kDelays.size(); ++i) EXPECT_EQ(block[i].delay_ns, kDelays[i]);
  }
}

TEST(Analyse, FindsWhatASerialWorkloadIsMadeOf) {
  Workload workload;
  workload.noise = 0;
  const Analysis analysis = Analysed(workload);
  EXPECT_NEAR(analysis.kappa->value, 1, 1e-9);
  EXPECT_NEAR(analysis.delay_fit->slope.value, 100, 1e-6);
  EXPECT_NEAR(analysis.levels[3].dose_seconds.value(), 0.010, 1e-9);
  EXPECT_NEAR(analysis.levels[3].throughput.value, 50, 1e-6);
  EXPECT_NEAR(analysis.levels[3].change->value, -0.5, 1e-9);
  EXPECT_FALSE(analysis.levels[0].change.has_value());
}

TEST(Analyse, TakesThroughputFromTotalsNotFromAMeanOfRates) {
  std::vector<Trial> trials;
  for (const double seconds : {1.0, 3.0}) {
    for (const int64_t delay_ns : {0, 1'000}) {
      Trial trial;
      trial.block = static_cast<int>(seconds);
      trial.delay_ns = delay_ns;
      trial.seconds_per_unit = seconds;
      trials.push_back(trial);
    }
  }
  const Analysis analysis = Analyse(trials, {0, 1'000}, Measure::kThroughput, {});
  EXPECT_DOUBLE_EQ(analysis.levels[0].throughput.value, 0.5);  // the mean of rates is 2/3
}

TEST(Analyse, WithholdsKappaWhereTheCallsMoveWithTheDelay) {
  Workload workload;
  workload.call_elasticity = 0.5;
  const Analysis analysis = Analysed(workload);
  EXPECT_FALSE(analysis.kappa.has_value());
  EXPECT_THAT(analysis.kappa_withheld, HasSubstr("change by -50%"));
  EXPECT_TRUE(analysis.delay_fit.has_value());
}

TEST(Analyse, WithholdsKappaWhereCallsWereNotCounted) {
  std::vector<Trial> trials = Simulated({});
  trials.front().counts.reset();
  const Analysis analysis = Analyse(trials, kDelays, Measure::kThroughput, {});
  EXPECT_FALSE(analysis.kappa.has_value());
  EXPECT_THAT(analysis.kappa_withheld, HasSubstr("could not be counted"));
}

TEST(Analyse, CountsTrialsThatWaitedForACore) {
  std::vector<Trial> trials = Simulated({});
  trials[3].core_wait_seconds = 0.02 * trials[3].wall_seconds;
  trials[4].core_wait_seconds = 0.005 * trials[4].wall_seconds;
  EXPECT_EQ(Analyse(trials, kDelays, Measure::kThroughput, {}).trials_disturbed, 1U);
}

TEST(Analyse, SaysThatNothingWasCalledAndFitsNothing) {
  Workload workload;
  workload.calls_per_unit = 0;
  const Analysis analysis = Analysed(workload);
  EXPECT_TRUE(analysis.never_called);
  EXPECT_FALSE(analysis.delay_fit.has_value());
  EXPECT_TRUE(analysis.predictions.empty());
}

}  // namespace
}  // namespace pyslow::experiment
