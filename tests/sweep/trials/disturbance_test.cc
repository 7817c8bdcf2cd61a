#include "sweep/trials/disturbance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "fake_proc.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/throttling.h"

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// Runs a shell command under a DisturbanceWatch, on one processor.
class DisturbanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
    CPU_ZERO(&before_);
    ASSERT_EQ(sched_getaffinity(0, sizeof before_, &before_), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    int first = 0;
    while (!CPU_ISSET(first, &before_)) ++first;
    CPU_SET(first, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  }
  void TearDown() override { sched_setaffinity(0, sizeof before_, &before_); }

  Disturbance Run(const std::string& script) {
    DisturbanceWatch watch;
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.timeout_ns = 60'000'000'000;
    spec.watch = &watch;
    watch.Begin();
    const auto result = RunProcess(spec, *signals_);
    EXPECT_TRUE(result.ok()) << result.status();
    wall_seconds_ = result->wall_seconds;
    return watch.End();
  }

  std::unique_ptr<SignalWatch> signals_;
  cpu_set_t before_;
  double wall_seconds_ = 0;
};

constexpr char kBusyForASecond[] = "timeout --foreground 1 sh -c 'while :; do :; done'";

TEST_F(DisturbanceTest, SleepingIsNotCoreWait) {
  const Disturbance disturbance = Run("sleep 0.5");
  ASSERT_TRUE(disturbance.core_wait.has_value());
  // The wait of the short busy parts may be long on a busy machine, but not include the sleep.
  EXPECT_LE(*disturbance.core_wait * wall_seconds_, wall_seconds_ - 0.49);
}

TEST_F(DisturbanceTest, OtherBusyProcessesOnTheCoreCauseCoreWait) {
  // These are no descendants of the command and not in its process group.
  pid_t hogs[2];
  for (pid_t& hog : hogs) {
    hog = fork();
    ASSERT_GE(hog, 0);
    if (hog == 0) {
      for (;;) {
      }
    }
  }
  const Disturbance disturbance = Run(kBusyForASecond);
  for (const pid_t hog : hogs) {
    kill(hog, SIGKILL);
    waitpid(hog, nullptr, 0);
  }
  ASSERT_TRUE(disturbance.core_wait.has_value());
  // 2/3 if the three processes share the core equally.
  EXPECT_GE(*disturbance.core_wait, 0.4);
  EXPECT_GE(*disturbance.other_load, 0.4);
}

TEST_F(DisturbanceTest, IncludesDescendants) {
  // The first process sleeps and its three children are busy on one core, so two always wait: 2 in
  // all, and at most .67 in one. On a busy machine they begin late.
  const Disturbance disturbance =
      Run(absl::StrCat("for i in 1 2 3; do ", kBusyForASecond, " & done; wait"));
  ASSERT_TRUE(disturbance.core_wait.has_value());
  EXPECT_GE(*disturbance.core_wait, 0.7);
}

TEST_F(DisturbanceTest, IncludesAGroupMemberWhoseParentHasEnded) {
  const Disturbance disturbance =
      Run(absl::StrCat("(", kBusyForASecond, " & ", kBusyForASecond, " &); sleep 1"));
  EXPECT_GE(*disturbance.core_wait, 0.4);
}

TEST_F(DisturbanceTest, IsUnknownWithoutSchedstat) {
  DisturbanceWatch watch("/nowhere", "/nowhere");
  watch.Add(1);
  watch.Begin();
  const Disturbance disturbance = watch.End();
  EXPECT_FALSE(disturbance.core_wait.has_value());
  EXPECT_FALSE(disturbance.other_load.has_value());
  EXPECT_FALSE(disturbance.processor_mhz.has_value());
}

TEST_F(ProcFilesTest, AveragesTheFrequenciesOfTheProcessors) {
  Write("/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2000000\n");
  Write("/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3000000\n");
  EXPECT_DOUBLE_EQ(*ReadProcessorMhz(root_), 2500);
}

TEST_F(ProcFilesTest, LeavesThisProcessAndItsChildrenOutOfOtherLoad) {
  WriteProcessors(0, 0);
  watch_.Begin();
  own_ = {20 * kTick, 30 * kTick};
  WriteProcessors(50, 0);
  EXPECT_EQ(watch_.End().other_load, 0);
  watch_.Begin();
  own_ = {100 * kTick, 100 * kTick};
  EXPECT_EQ(watch_.End().other_load, 0) << "not negative";
  watch_.Begin();
  WriteProcessors(90, 0);
  EXPECT_GT(*watch_.End().other_load, 0);
}

TEST_F(ProcFilesTest, CountsTheProgramsShareOfStolenTimeAsCoreWait) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteThread(7, "1 0 1\n");
  WriteProcessors(0, 0);
  watch_.Begin();
  WriteThread(7, absl::StrCat(10 * kTick, " 0 1\n"));
  WriteProcessors(40, 8);
  const Disturbance seen = watch_.End();
  EXPECT_NEAR(*seen.core_wait / *seen.stolen_load, 0.25, 1e-6);
}

TEST_F(ProcFilesTest, DoesNotTakeZerosForAWait) {
  watch_.Add(7);
  WriteProcess(7, 1, 1, 3);
  WriteThread(7, "0 0 0\n");
  WriteProcessors(0, 0);
  watch_.Begin();
  EXPECT_FALSE(watch_.End().core_wait.has_value());
}

TEST_F(ProcFilesTest, ReadsTheQuotaOfEachGroupInVersion2) {
  Write("/self/cgroup", "0::/pod/app\n");
  Write("/fs/cgroup/cpu.stat", "usage_usec 5\n");
  Write("/fs/cgroup/pod/cpu.stat", "nr_periods 9\nnr_throttled 3\nthrottled_usec 1500000\n");
  Write("/fs/cgroup/pod/app/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n");
  const auto stops = ReadQuotaStops(root_, root_);
  EXPECT_THAT(stops, ElementsAre(Pair(HasSubstr("/pod/app/cpu.stat"), 0),
                                 Pair(HasSubstr("/pod/cpu.stat"), 1.5)));
  EXPECT_EQ(StoppedBetween({}, stops), std::nullopt);
  EXPECT_EQ(StoppedBetween({{stops.rbegin()->first, 1.25}}, stops), 0.25);
}

TEST_F(ProcFilesTest, ReadsTheQuotaOfAContainerInVersion1) {
  // The path is that outside of the container.
  Write("/self/cgroup", "4:memory:/docker/1\n3:cpu,cpuacct:/docker/1\n");
  Write("/fs/cgroup/cpu,cpuacct/cpu.stat", "nr_periods 9\nthrottled_time 2000000000\n");
  EXPECT_THAT(ReadQuotaStops(root_, root_),
              ElementsAre(Pair(HasSubstr("/cpu,cpuacct/cpu.stat"), 2)));
}

TEST_F(ProcFilesTest, ReportsAQuotaAsThrottled) {
  Write("/self/cgroup", "0::/app\n");
  Write("/fs/cgroup/app/cpu.stat", "throttled_usec 100\n");
  watch_.Begin();
  Write("/fs/cgroup/app/cpu.stat", "throttled_usec 5000100\n");
  EXPECT_GT(*watch_.End().throttled, 0);
  watch_.Begin();
  EXPECT_EQ(watch_.End().throttled, 0);
}

TEST_F(ProcFilesTest, CountsThermalThrottling) {
  watch_.Begin();
  EXPECT_FALSE(watch_.End().overheated.has_value());
  const std::string cpu = "/devices/system/cpu/cpu";
  Write(cpu + "0/thermal_throttle/core_throttle_count", "5\n");
  Write(cpu + "1/thermal_throttle/package_throttle_count", "1\n");
  watch_.Begin();
  Write(cpu + "1/thermal_throttle/package_throttle_count", "3\n");
  EXPECT_EQ(watch_.End().overheated, 2U);
}

TEST(IsDisturbed, AProgramThatWaitsForItsOwnThreadsIsNotDisturbed) {
  Trial trial;
  trial.core_wait = 0.5;
  trial.other_load = 0.01;
  EXPECT_FALSE(IsDisturbed(trial));
  trial.other_load = 0.3;
  EXPECT_TRUE(IsDisturbed(trial));
  trial.other_load.reset();
  EXPECT_TRUE(IsDisturbed(trial)) << "the other load is unknown";
}

TEST(IsDisturbed, AServerOfManyThreadsThatWaitForEachOtherIsNotDisturbed) {
  Trial trial;
  trial.core_wait = 3;
  trial.other_load = 0.02;
  trial.stolen_load = 0.01;
  EXPECT_FALSE(IsDisturbed(trial));
  trial.stolen_load = 0.1;
  EXPECT_TRUE(IsDisturbed(trial));
}

TEST(IsDisturbed, AThrottledTrialIsDisturbed) {
  Trial trial;
  trial.throttled = 0.005;
  EXPECT_FALSE(IsDisturbed(trial));
  trial.throttled = 0.02;
  EXPECT_TRUE(IsDisturbed(trial));
  EXPECT_FALSE(WaitedForOthers(trial));
}

}  // namespace
}  // namespace pyslow::trials
