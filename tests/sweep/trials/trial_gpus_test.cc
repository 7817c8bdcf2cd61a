#include "sweep/trials/trial_gpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::trials {
namespace {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One GPU that works for 60% of 10 s.
class SetGpusTest : public ::testing::Test {
 protected:
  SetGpusTest() {
    gpu::GpuSeries& series = disturbance_.gpus.emplace_back();
    series.index = 1;
    series.source = "gpm";
    series.spans = {{Clock::time_point(), Clock::time_point(seconds(10)), 0.6}};
    disturbance_.programs = {{7, {}}};
    trial_.units = 5;
    trial_.seconds_per_unit = 2;
  }
  std::set<pid_t>& Processes() { return disturbance_.gpus[0].processes.emplace(); }
  void Set() {
    const auto exists = [](pid_t pid) { return pid < 100; };
    SetGpus(settings_, disturbance_, {8}, SpanFrom(Clock::time_point(), 10), &trial_, exists);
  }

  TrialSettings settings_;
  Disturbance disturbance_;
  Trial trial_;
};

TEST_F(SetGpusTest, GivesTheGpuTimeOfAUnit) {
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_DOUBLE_EQ(trial_.gpus[0].busy, 0.6);
  EXPECT_DOUBLE_EQ(trial_.gpus[0].seconds_per_unit.value(), 1.2);
  EXPECT_FALSE(trial_.gpus[0].is_shared);
}

// A rate that the command printed may be that of a part of the trial.
TEST_F(SetGpusTest, GivesNoTimeOfUnitsThatTakeAPartOfTheWindow) {
  trial_.units = 4;
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_FALSE(trial_.gpus[0].seconds_per_unit.has_value());
}

TEST_F(SetGpusTest, GivesNoTimeOfUnitsThatAreNotCounted) {
  trial_.units.reset();
  Set();
  EXPECT_FALSE(trial_.gpus[0].seconds_per_unit.has_value());
}

// As for calls per unit.
TEST_F(SetGpusTest, TakesAWindowOfTheUserForThatOfTheFigure) {
  trial_.units.reset();
  settings_.start_at = "bench:run";
  Set();
  EXPECT_DOUBLE_EQ(trial_.gpus[0].seconds_per_unit.value(), 1.2);
}

TEST_F(SetGpusTest, LeavesOutAGpuThatOnlyOthersUse) {
  Processes() = {20, 21};
  Set();
  EXPECT_THAT(trial_.gpus, IsEmpty());
}

TEST_F(SetGpusTest, KeepsAGpuThatTheUserNames) {
  settings_.gpu = "1";
  Processes() = {20, 21};
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_TRUE(trial_.gpus[0].is_shared);
}

TEST_F(SetGpusTest, KeepsAGpuOfTheCommandsProcesses) {
  Processes() = {7};
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_FALSE(trial_.gpus[0].is_shared);
}

// A worker of a cluster that was started before.
TEST_F(SetGpusTest, KeepsAGpuOfARecordedProcess) {
  Processes() = {8};
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_FALSE(trial_.gpus[0].is_shared);
}

TEST_F(SetGpusTest, NotesThatOthersUseItToo) {
  Processes() = {7, 20};
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_TRUE(trial_.gpus[0].is_shared);
}

TEST_F(SetGpusTest, TakesNoEndedProcessForAnother) {
  Processes() = {7, 4711};
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_FALSE(trial_.gpus[0].is_shared);
}

// In a container, the driver may report the host's process IDs.
TEST_F(SetGpusTest, KeepsAGpuOfUnknownProcesses) {
  Processes() = {4711};
  Set();
  ASSERT_THAT(trial_.gpus, SizeIs(1));
  EXPECT_FALSE(trial_.gpus[0].is_shared);
}

TEST_F(SetGpusTest, LeavesOutAGpuWithoutSamples) {
  disturbance_.gpus[0].spans.clear();
  Set();
  EXPECT_THAT(trial_.gpus, IsEmpty());
}

}  // namespace
}  // namespace pyslow::trials
