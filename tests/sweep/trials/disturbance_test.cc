#include "sweep/trials/disturbance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "sweep/trials/run_process.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

// Runs a shell's words under a watch. They are held to one processor, whichever this test may use.
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
    return watch.Seen();
  }

  std::unique_ptr<SignalWatch> signals_;
  cpu_set_t before_;
  double wall_seconds_ = 0;
};

constexpr char kBusyForASecond[] = "timeout --foreground 1 sh -c 'while :; do :; done'";

TEST_F(DisturbanceTest, IsNoneOfAProcessThatSleeps) {
  const Disturbance seen = Run("sleep 0.5");
  ASSERT_TRUE(seen.core_wait.has_value());
  // Sleeping is not waiting for a core, however long that takes on a busy machine.
  EXPECT_LE(*seen.core_wait * wall_seconds_, wall_seconds_ - 0.49);
}

TEST_F(DisturbanceTest, IsSeenWhereTwoBusyProcessesHoldTheCore) {
  // Not of the command's processes, nor of its group.
  pid_t hogs[2];
  for (pid_t& hog : hogs) {
    hog = fork();
    ASSERT_GE(hog, 0);
    if (hog == 0) {
      for (;;) {
      }
    }
  }
  const Disturbance seen = Run(kBusyForASecond);
  for (const pid_t hog : hogs) {
    kill(hog, SIGKILL);
    waitpid(hog, nullptr, 0);
  }
  ASSERT_TRUE(seen.core_wait.has_value());
  // Two thirds where the three share the core alike.
  EXPECT_GE(*seen.core_wait, 0.4);
  EXPECT_GE(*seen.other_load, 0.4);
}

TEST_F(DisturbanceTest, IsSeenInDescendantsAndNotOnlyInTheFirstProcess) {
  // The first process sleeps while three of its own are busy on one core: two wait at any time.
  const Disturbance seen =
      Run(absl::StrCat("for i in 1 2 3; do ", kBusyForASecond, " & done; wait"));
  ASSERT_TRUE(seen.core_wait.has_value());
  EXPECT_GE(*seen.core_wait, 1.2);
}

TEST_F(DisturbanceTest, IsSeenInAGroupsProcessWhoseParentIsGone) {
  const Disturbance seen =
      Run(absl::StrCat("(", kBusyForASecond, " & ", kBusyForASecond, " &); sleep 1"));
  EXPECT_GE(*seen.core_wait, 0.4);
}

TEST_F(DisturbanceTest, IsUntoldWhereTheKernelHasNoSchedstat) {
  DisturbanceWatch watch("/nowhere", "/nowhere");
  watch.Add(1);
  watch.Begin();
  const Disturbance seen = watch.Seen();
  EXPECT_FALSE(seen.core_wait.has_value());
  EXPECT_FALSE(seen.other_load.has_value());
  EXPECT_FALSE(seen.processor_mhz.has_value());
}

// Files that stand for those of /proc and /sys.
class ProcFilesTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void WriteThread(int thread, const std::string& times) {
    Write(absl::StrCat("/7/task/", thread, "/schedstat"), times);
  }
  const TemporaryDirectory temporary_;
  const std::string root_ = temporary_.path();
};

TEST_F(ProcFilesTest, ReadsAProcessWhoseNameMisleads) {
  Write("/7/stat", "7 (a) Z 1 (b) S 3 5 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4321 0 0\n");
  const auto stat = ReadProcessStat(root_, 7);
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 3);
  EXPECT_EQ(stat->group, 5);
  EXPECT_EQ(stat->start_ticks, 4321U);
}

TEST_F(ProcFilesTest, TakesTheMeanOfTheProcessorsFrequencies) {
  Write("/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2000000\n");
  Write("/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3000000\n");
  EXPECT_DOUBLE_EQ(*ReadProcessorMhz(root_), 2500);
}

TEST_F(ProcFilesTest, KeepsWhatAThreadWaitedThatHasEnded) {
  DisturbanceWatch watch(root_, root_);
  watch.Add(7);
  WriteThread(7, "1000 5 1\n");
  WriteThread(8, "1000 70 1\n");
  watch.Look();
  EXPECT_EQ(watch.sum().wait_ns, 75);
  std::filesystem::remove_all(root_ + "/7/task/8");
  WriteThread(7, "1000 6 1\n");
  watch.Look();
  EXPECT_EQ(watch.sum().wait_ns, 76);
  // Another thread with the number of the one that ended.
  WriteThread(8, "10 200 1\n");
  watch.Look();
  EXPECT_EQ(watch.sum().wait_ns, 276);
  std::filesystem::remove_all(root_ + "/7");
  watch.Look();
  EXPECT_EQ(watch.sum().wait_ns, 276);
  EXPECT_EQ(watch.sum().run_ns, 2010);
}

TEST_F(ProcFilesTest, WatchesAChildWithASmallerNumber) {
  DisturbanceWatch watch(root_, root_);
  watch.Add(7);
  WriteThread(7, "0 1 1\n");
  Write("/5/stat", "5 (b) S 6 6 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");
  Write("/6/stat", "6 (a) S 7 6 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");
  Write("/9/stat", "9 (c) S 1 9 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");
  for (const char* pid : {"5", "6", "9"}) {
    Write(absl::StrCat("/", pid, "/task/", pid, "/schedstat"), "0 10 1\n");
  }
  watch.Look();
  EXPECT_EQ(watch.sum().wait_ns, 21);
}

TEST(IsDisturbed, AProgramThatWaitsForItsOwnThreadsIsNotDisturbed) {
  Trial trial;
  trial.core_wait = 0.5;
  trial.other_load = 0.01;
  EXPECT_FALSE(IsDisturbed(trial));
  trial.other_load = 0.3;
  EXPECT_TRUE(IsDisturbed(trial));
  trial.other_load.reset();
  EXPECT_TRUE(IsDisturbed(trial)) << "who else ran is not known";
}

}  // namespace
}  // namespace pyslow::trials
