#include "experiment/presentation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::experiment {
namespace {

std::vector<Trial> Trials() {
  // T = 1 ms + 2 calls × delay, a little more or less in each block.
  std::vector<Trial> trials;
  const std::vector<double> errors_us = {-2, 2, -1, 1, 0, 3, -3, 0};
  for (int block = 0; block < 8; ++block) {
    for (const int64_t delay_ns : {0, 10'000, 100'000}) {
      Trial trial;
      trial.block = block;
      trial.delay_ns = delay_ns;
      const double share = delay_ns == 10'000 ? -1 : 1;
      trial.seconds_per_unit = 1e-3 + 2e-9 * static_cast<double>(delay_ns) +
                               share * errors_us[static_cast<size_t>(block)] * 1e-6;
      trial.window_seconds = 1000 * trial.seconds_per_unit;
      trial.wall_seconds = trial.window_seconds;
      trial.counts = TrialCounts{2000, 2000, 0, 0};
      trials.push_back(trial);
    }
  }
  return trials;
}

TEST(FormatAnalysis, ShowsTheTableTheFitAndWhatToExpect) {
  const Analysis analysis =
      Analyse(Trials(), {0, 10'000, 100'000}, Measure::kThroughput, {1'000, 10'000});
  EXPECT_EQ(FormatAnalysis(analysis),
            R"(Means of 8 blocks with 95% intervals, change against the control:
  delay  units/s                 change                    time/unit  calls/unit  dose/unit
      0  1000.0 [998.3, 1001.7]  control                   1.000ms    2.000       0
   10us  980.4 [978.8, 982.0]    -1.96% [-2.29, -1.64]     1.020ms    2.000       20.00us
  100us  833.3 [832.2, 834.5]    -16.67% [-16.69, -16.64]  1.200ms    2.000       200.0us

T = T0 + n* x delay = T0 + kappa x dose, where T is the time of a unit:
  T0     1.000ms
  n*     2.000 [1.985, 2.015]     calls of a unit that are on the critical path
  kappa  1.0000 [0.9927, 1.0073]  share of the dose that reaches the clock (0: hidden, 1: all), as exact as calls/unit is

Expected if each call took less time (up to: a call cannot save more than it takes):
   -1us  1002.0 [1000.3, 1003.7] units/s  +0.20% [0.20, 0.20]
  -10us  1020.4 [1018.8, 1022.0] units/s  +2.04% [2.03, 2.05]
)");
}

TEST(FormatAnalysis, ShowsWhatAWallTimeAloneCanTell) {
  std::vector<Trial> trials = Trials();
  trials.resize(4);
  for (Trial& trial : trials) trial.counts.reset();
  const Analysis analysis = Analyse(trials, {0, 10'000, 100'000}, Measure::kWallTime, {10'000});
  EXPECT_EQ(FormatAnalysis(analysis), R"(Means of 1 block, change against the control:
  delay  runs/s  change   time/run  calls/run  dose/run
      0  1002    control  998.0us   -          -
   10us  978.5   -2.35%   1.022ms   -          -
  100us  834.7   -16.69%  1.198ms   -          -

Left out: 1 trial of a block that was not completed.

T = T0 + n* x delay = T0 + kappa x dose, where T is the time of a run:
  T0     1.000ms
  n*     1.982     calls of a run that are on the critical path
  kappa  withheld  calls could not be counted

Expected if each call took less time (up to: a call cannot save more than it takes):
  -10us  1022 runs/s  +2.03%  (interval withheld: it needs 8 complete blocks, and there are 1)
)");
}

TEST(FormatAnalysis, WarnsOfADisturbedMachine) {
  std::vector<Trial> trials = Trials();
  for (size_t i = 0; i < 5; ++i) trials[i].core_wait_seconds = trials[i].wall_seconds / 10;
  const Analysis analysis = Analyse(trials, {0, 10'000, 100'000}, Measure::kThroughput, {});
  EXPECT_NE(FormatAnalysis(analysis).find("Disturbed: in 5 of 24 trials"), std::string::npos);
}

TEST(FormatAnalysis, SaysThatNothingWasTested) {
  std::vector<Trial> trials = Trials();
  for (Trial& trial : trials) trial.counts = TrialCounts{};
  const Analysis analysis = Analyse(trials, {0, 10'000, 100'000}, Measure::kThroughput, {10'000});
  EXPECT_NE(FormatAnalysis(analysis).find("Untested: no function"), std::string::npos);
}

TEST(FormatEstimate, HasTheDigitsThatItsIntervalDeserves) {
  EXPECT_EQ(FormatEstimate({1234.567, Range{1200, 1270}}), "1235 [1200, 1270]");
  EXPECT_EQ(FormatEstimate({0.98765, Range{0.98, 0.995}}), "0.9877 [0.9800, 0.9950]");
  EXPECT_EQ(FormatEstimate({-0.001, Range{-0.2, 0.2}}), "0.00 [-0.20, 0.20]");
  EXPECT_EQ(FormatEstimate({12.34567, {}}), "12.35");
}

TEST(FormatSeconds, ChoosesTheUnit) {
  EXPECT_EQ(FormatSeconds(0), "0");
  EXPECT_EQ(FormatSeconds(12.3456), "12.35s");
  EXPECT_EQ(FormatSeconds(0.0012345), "1.234ms");
  EXPECT_EQ(FormatSeconds(0.00099999), "1.000ms");
  EXPECT_EQ(FormatSeconds(1e-6), "1.000us");
  EXPECT_EQ(FormatSeconds(4.2e-11), "0.042ns");
}

TEST(FormatTrial, SaysWhichTrialAndWhatItGave) {
  Trial trial;
  trial.index = 2;
  trial.seconds_per_unit = 0.02;
  EXPECT_EQ(FormatTrial(trial, 32, Measure::kThroughput), "trial 3 of 32: control: 50.00 units/s");
  trial.delay_ns = 10'000;
  EXPECT_EQ(FormatTrial(trial, 32, Measure::kWallTime), "trial 3 of 32: delay 10us: 20.00ms");
}

}  // namespace
}  // namespace pyslow::experiment
