#include "sweep/steps/observe.h"

#include <gtest/gtest.h>

namespace pyslow::steps {
namespace {

// A trial of 10 units with the calls of each group by process.
model::Trial TrialOf(const std::vector<std::vector<uint64_t>>& by_process) {
  model::Trial trial;
  trial.seconds_per_unit = 0.1;
  trial.window_seconds = 1;
  trial.units = 10;
  trial.counts.emplace();
  for (const std::vector<uint64_t>& calls : by_process) {
    model::GroupCounts counts;
    for (const uint64_t of_process : calls) counts.calls += of_process;
    counts.by_process = calls;
    trial.counts->push_back(counts);
  }
  return trial;
}

Subject Groups(std::vector<uint32_t> groups) {
  Subject subject;
  subject.groups = std::move(groups);
  return subject;
}

TEST(Observe, CountsTheCallsOfAllItsGroups) {
  const model::Trial trial = TrialOf({{20}, {30}, {500}});
  EXPECT_EQ(*Observe(trial, Groups({0, 1}), 0, Settings()).calls_per_unit, 5);
}

TEST(Observe, CountsADelayedCallAsOftenAsItsFrequency) {
  model::Trial trial = TrialOf({{103}});
  (*trial.counts)[0].delayed = 10;
  trial.spec.treatments = {{0, 1'000, 10}};
  EXPECT_EQ(*Observe(trial, Groups({0}), 100, Settings()).calls_per_unit, 10);
}

TEST(Observe, AddsUpTheCallsOfEachProcessOverGroups) {
  const model::Trial trial = TrialOf({{30, 0, 0}, {0, 30, 0}, {5, 25, 0}});
  const statistics::Observation one = Observe(trial, Groups({0}), 0, Settings());
  EXPECT_DOUBLE_EQ(one.processes, 1);
  EXPECT_EQ(one.processes_calling, 1U);
  const statistics::Observation two = Observe(trial, Groups({0, 1}), 0, Settings());
  EXPECT_DOUBLE_EQ(two.processes, 2);
  EXPECT_EQ(two.processes_calling, 2U);
  const statistics::Observation unlike = Observe(trial, Groups({2}), 0, Settings());
  EXPECT_DOUBLE_EQ(unlike.processes, 900.0 / 650);
  EXPECT_EQ(unlike.processes_calling, 2U);
}

TEST(Observe, IgnoresAProcessWithFewCalls) {
  const statistics::Observation observation =
      Observe(TrialOf({{1'000, 9, 1'000}}), Groups({0}), 0, Settings());
  EXPECT_NEAR(observation.processes, 2, 0.02);
  EXPECT_EQ(observation.processes_calling, 2U);
}

TEST(Observe, NoCallsBelongToOneProcess) {
  const statistics::Observation observation =
      Observe(TrialOf({{0, 0}}), Groups({0}), 0, Settings());
  EXPECT_EQ(*observation.calls_per_unit, 0);
  EXPECT_EQ(observation.processes, 1);
  EXPECT_EQ(observation.processes_calling, 1U);
}

TEST(Observe, UncountedTrialsHaveNoCalls) {
  model::Trial trial = TrialOf({});
  trial.counts.reset();
  EXPECT_FALSE(Observe(trial, Groups({0}), 0, Settings()).calls_per_unit.has_value());
}

// R16.
TEST(Observe, WaitedNoLongerThanOthersRanOrTheQuotaStopped) {
  model::Trial trial = TrialOf({{10}});
  trial.seconds_per_unit = 2;
  trial.core_wait = 0.5;
  trial.other_load = 0.01;
  trial.stolen_load = 0.02;
  EXPECT_DOUBLE_EQ(*Observe(trial, Groups({0}), 0, Settings()).waited_seconds, 0.06);
  trial.throttled = 0.4;
  const statistics::Observation stopped = Observe(trial, Groups({0}), 0, Settings());
  EXPECT_DOUBLE_EQ(*stopped.waited_seconds, 0.86);
  EXPECT_FALSE(stopped.calm);
  trial.throttled = 3;  // of several processors
  EXPECT_DOUBLE_EQ(*Observe(trial, Groups({0}), 0, Settings()).waited_seconds, 1);
}

TEST(Observe, ATrialWithoutAWindowHasNoCalls) {
  model::Trial trial = TrialOf({{0}});
  trial.units.reset();
  trial.window_seconds = 0;
  const statistics::Observation observation = Observe(trial, Groups({0}), 1'000, Settings());
  EXPECT_EQ(observation.calls_per_unit, 0);
  EXPECT_EQ(observation.delivered_seconds, 0);
}

}  // namespace
}  // namespace pyslow::steps
