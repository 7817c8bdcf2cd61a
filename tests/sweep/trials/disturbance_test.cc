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
  // The first process sleeps and its three children are busy on one core, so two always wait.
  const Disturbance disturbance =
      Run(absl::StrCat("for i in 1 2 3; do ", kBusyForASecond, " & done; wait"));
  ASSERT_TRUE(disturbance.core_wait.has_value());
  EXPECT_GE(*disturbance.core_wait, 1.2);
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

// Fake files of /proc and /sys.
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

TEST_F(ProcFilesTest, AveragesTheFrequenciesOfTheProcessors) {
  Write("/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2000000\n");
  Write("/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3000000\n");
  EXPECT_DOUBLE_EQ(*ReadProcessorMhz(root_), 2500);
}

TEST_F(ProcFilesTest, KeepsTheWaitTimeOfAThreadThatHasEnded) {
  DisturbanceWatch watch(root_, root_);
  watch.Add(7);
  WriteThread(7, "1000 5 1\n");
  WriteThread(8, "1000 70 1\n");
  watch.Sample();
  EXPECT_EQ(watch.sum().wait_ns, 75);
  std::filesystem::remove_all(root_ + "/7/task/8");
  WriteThread(7, "1000 6 1\n");
  watch.Sample();
  EXPECT_EQ(watch.sum().wait_ns, 76);
  // A new thread with the ID of the one that ended.
  WriteThread(8, "10 200 1\n");
  watch.Sample();
  EXPECT_EQ(watch.sum().wait_ns, 276);
  std::filesystem::remove_all(root_ + "/7");
  watch.Sample();
  EXPECT_EQ(watch.sum().wait_ns, 276);
  EXPECT_EQ(watch.sum().run_ns, 2010);
}

TEST_F(ProcFilesTest, WatchesAChildWithASmallerProcessId) {
  DisturbanceWatch watch(root_, root_);
  watch.Add(7);
  WriteThread(7, "0 1 1\n");
  Write("/5/stat", "5 (b) S 6 6 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");
  Write("/6/stat", "6 (a) S 7 6 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");
  Write("/9/stat", "9 (c) S 1 9 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0\n");
  for (const char* pid : {"5", "6", "9"}) {
    Write(absl::StrCat("/", pid, "/task/", pid, "/schedstat"), "0 10 1\n");
  }
  watch.Sample();
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
  EXPECT_TRUE(IsDisturbed(trial)) << "the other load is unknown";
}

}  // namespace
}  // namespace pyslow::trials
