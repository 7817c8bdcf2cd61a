#include "sweep/trials/process_times.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "fake_proc.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {
namespace {

using ProcessTimesTest = ProcFilesTest;

TEST_F(ProcessTimesTest, KeepsTheWaitTimeOfAThreadThatHasEnded) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteThread(7, "1000 5 1\n");
  WriteThread(8, "1000 70 1\n");
  watch_.Sample();
  EXPECT_EQ(watch_.sum().wait_ns, 75);
  std::filesystem::remove_all(root_ + "/7/task/8");
  WriteThread(7, "1000 6 1\n");
  watch_.Sample();
  EXPECT_EQ(watch_.sum().wait_ns, 76);
  // A new thread with the ID of the one that ended.
  WriteThread(8, "10 200 1\n");
  watch_.Sample();
  EXPECT_EQ(watch_.sum().wait_ns, 276);
  std::filesystem::remove_all(root_ + "/7");
  watch_.Sample();
  EXPECT_EQ(watch_.sum().wait_ns, 276);
  EXPECT_EQ(watch_.sum().run_ns, 2010);
}

TEST_F(ProcessTimesTest, WatchesAChildWithASmallerProcessId) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteThread(7, "0 1 1\n");
  WriteProcess(5, 6, 3);
  WriteProcess(6, 7, 2);
  WriteProcess(9, 1, 1);
  for (const char* pid : {"5", "6", "9"}) {
    Write(absl::StrCat("/", pid, "/task/", pid, "/schedstat"), "0 10 1\n");
  }
  watch_.Sample();
  EXPECT_EQ(watch_.sum().wait_ns, 21);
}

// The kernel shows the address of the arguments as field 48.
TEST_F(ProcessTimesTest, KnowsTheProgramThatAProcessExecutedLast) {
  const auto write = [&](int run, int arguments, const std::string& maps) {
    std::string zeros;
    for (int field = 23; field < 48; ++field) zeros += "0 ";
    Write("/7/stat", absl::StrCat("7 (a) S 1 7 5 0 -1 0 0 0 0 0 ", run, " 0 0 0 20 0 1 0 3 ", zeros,
                                  arguments, " 0\n"));
    Write("/7/maps", maps);
  };
  watch_.Add(7);
  write(30, 1000, "7f00 /opt/lib/pyslow/libpyslow3.13.so\n");
  watch_.Begin();
  write(50, 1000, "7f00 /opt/lib/pyslow/libpyslow3.13.so\n");
  watch_.Sample();
  write(60, 2000, "7f00 /lib/libc.so.6\n");
  watch_.Sample();
  write(90, 0, "");  // it has ended
  const Disturbance seen = watch_.End();
  EXPECT_EQ(seen.programs.at(7).has_pyslow, false);
  EXPECT_EQ(seen.programs.at(7).run_ns, 60 * kTick);
  EXPECT_EQ(seen.programs.at(7).program_ns, 40 * kTick);
}

TEST_F(ProcessTimesTest, WatchesAnAdoptedOrphan) {
  WriteProcess(7, 1, 1, 5);
  WriteProcess(8, getpid(), 2, 20);
  DisturbanceWatch other(root_, root_, Own);
  other.Add(7);
  other.Sample();
  EXPECT_EQ(other.sum().run_ns, 5 * kTick) << "it may be another child";
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  watch_.Add(7);
  watch_.Sample();
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  EXPECT_EQ(watch_.sum().run_ns, 25 * kTick);
}

// Raylet's workers, for instance, are not of the command that connects to them.
TEST_F(ProcessTimesTest, NamesPythonsOutsideOfTheProgram) {
  const auto run = [&](int pid, const char* program) {
    std::filesystem::create_symlink(absl::StrCat("/opt/bin/", program),
                                    absl::StrCat(root_, "/", pid, "/exe"));
  };
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteProcess(8, 1, 1, 1000);
  run(8, "python3.12");
  WriteProcess(9, 1, 1, 1000);
  run(9, "gcc");
  WriteProcess(10, 1, 1, 1000);
  run(10, "python3.12");
  watch_.Begin();
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  WriteProcess(8, 1, 1, 100'000);
  WriteProcess(9, 1, 1, 100'000);
  const Disturbance seen = watch_.End();
  ASSERT_EQ(seen.outside.size(), 1U);
  EXPECT_EQ(seen.outside.at(8).program, "python3.12");
  EXPECT_EQ(seen.outside.at(8).run_ns, 99'000 * kTick);
}

// A load (9) is not part of the program, and a process may execute another program (8).
TEST_F(ProcessTimesTest, NamesTheProgramsAndTheirTimeInTheInterval) {
  const auto run = [&](int pid, const char* program) {
    const std::string exe = absl::StrCat(root_, "/", pid, "/exe");
    std::filesystem::remove(exe);
    std::filesystem::create_symlink(absl::StrCat("/opt/bin/", program), exe);
  };
  WriteProcessors(0, 0);
  watch_.Add(7);
  watch_.Add(9, false);
  WriteProcess(7, 1, 1, 5);
  run(7, "pyslow3.12");
  WriteProcess(9, 1, 1, 5);
  run(9, "wrk");
  watch_.Begin();
  WriteProcess(7, 1, 1, 25);
  WriteProcess(9, 1, 1, 50);
  WriteProcess(8, 7, 2, 1);
  run(8, "pyslow3.12");
  watch_.Sample();
  WriteProcess(8, 7, 2, 30);
  run(8, "python3.12");
  watch_.Sample();
  Remove(8);
  const Disturbance seen = watch_.End();
  ASSERT_EQ(seen.programs.size(), 2U);
  EXPECT_EQ(seen.programs.at(7).program, "pyslow3.12");
  EXPECT_EQ(seen.programs.at(7).run_ns, 20 * kTick);
  EXPECT_EQ(seen.programs.at(8).program, "python3.12");
  EXPECT_EQ(seen.programs.at(8).start_ticks, 2U);
  EXPECT_EQ(seen.programs.at(8).run_ns, 30 * kTick);
}

TEST_F(ProcessTimesTest, CountsAChildThatNoSampleFound) {
  watch_.Add(7);
  WriteProcess(7, 1, 1, 4, 0);
  watch_.Sample();
  WriteProcess(7, 1, 1, 4, 10);
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 14 * kTick);
}

TEST_F(ProcessTimesTest, CountsAChildOnceThatItsParentReports) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteProcess(8, 7, 2, 6);
  watch_.Sample();
  Remove(8);
  WriteProcess(7, 1, 1, 0, 9);
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 9 * kTick);
}

TEST_F(ProcessTimesTest, CountsAChildOnceThatIsReapedDuringASample) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteProcess(8, 7, 2, 6);
  watch_.Sample();
  Remove(8);
  watch_.Sample();  // has read the parent before it reaped the child
  WriteProcess(7, 1, 1, 0, 9);
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 9 * kTick);
}

TEST_F(ProcessTimesTest, CountsAGrandchildOnceIfItsParentEndsToo) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteProcess(8, 7, 2, 6, 1);
  WriteProcess(9, 8, 3, 5);
  watch_.Sample();
  Remove(8);
  Remove(9);
  WriteProcess(7, 1, 1, 0, 15);
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 15 * kTick);
}

TEST_F(ProcessTimesTest, KeepsTheTimeOfAChildThatIsNeverWaitedFor) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  for (int child = 8; child < 12; ++child) {
    WriteProcess(child, 7, child, 6);
    watch_.Sample();
    Remove(child);
  }
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 24 * kTick);
  watch_.Sample();
  WriteProcess(7, 1, 1, 0, 10);  // now it waits for another
  watch_.Sample();
  EXPECT_GE(watch_.sum().run_ns, 32 * kTick);
}

TEST_F(ProcessTimesTest, CountsARootToItsEndWhenThisProcessReapsIt) {
  watch_.Add(7);
  WriteProcess(7, getpid(), 1, 5);
  watch_.Sample();
  Remove(7);
  own_ = {3 * kTick, 12 * kTick + 1000};
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 15 * kTick + 1000);
}

TEST_F(ProcessTimesTest, DoesNotTakeANewProcessForAnEndedOneWithItsId) {
  watch_.Add(7);
  WriteProcess(7, 1, 1);
  WriteProcess(8, 7, 2, 6);
  watch_.Sample();
  WriteProcess(8, 1, 3, 50);
  watch_.Sample();
  watch_.Sample();
  EXPECT_EQ(watch_.sum().run_ns, 6 * kTick);
}

// Compares the watch with the times that the kernel reports for this process and its children.
class ProgramTimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }
  static OwnTimes ReadAndKeep() { return own_ = ReadOwnTimes(); }
  static int64_t OwnNs() { return own_.run_ns + own_.children_ns; }

  void Begin() {
    watch_.Begin();
    own_at_begin_ = OwnNs();
    sum_at_begin_ = watch_.sum().run_ns;
  }
  // Returns the processor time of the children, and expects that the watch has counted it once.
  double End(const std::string& script) {
    const int64_t children = own_.children_ns;
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.timeout_ns = 60'000'000'000;
    spec.watch = &watch_;
    EXPECT_TRUE(RunProcess(spec, *signals_).ok());
    EXPECT_GE(*watch_.End().other_load, 0);
    ExpectCountedOnce();
    return static_cast<double>(own_.children_ns - children) * 1e-9;
  }
  void ExpectCountedOnce() {
    EXPECT_NEAR(static_cast<double>(watch_.sum().run_ns - sum_at_begin_),
                static_cast<double>(OwnNs() - own_at_begin_), 1e6);
  }

  static inline OwnTimes own_;
  std::unique_ptr<SignalWatch> signals_;
  DisturbanceWatch watch_{"/proc", "/sys", ReadAndKeep};
  int64_t own_at_begin_ = 0;
  int64_t sum_at_begin_ = 0;
};

// Uses 100 ms of processor time, however long that is on a busy machine.
void Spin() {
  const int64_t until = ReadOwnTimes().run_ns + 100'000'000;
  while (ReadOwnTimes().run_ns < until) {
  }
}

// The child spins after it has read a byte from a pipe.
class SpinningChild {
 public:
  SpinningChild() {
    EXPECT_EQ(pipe(ends_), 0);
    pid_ = fork();
    if (pid_ != 0) return;
    char byte = 0;
    if (read(ends_[0], &byte, 1) == 1) Spin();
    _exit(0);
  }
  ~SpinningChild() {
    waitpid(pid_, nullptr, 0);
    close(ends_[0]);
    close(ends_[1]);
  }
  pid_t pid() const { return pid_; }
  void Go() const { EXPECT_EQ(write(ends_[1], "", 1), 1); }
  void WaitWithoutReaping() const {
    siginfo_t info;
    EXPECT_EQ(waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT), 0);
  }

 private:
  int ends_[2] = {-1, -1};
  pid_t pid_ = -1;
};

TEST_F(ProgramTimeTest, CountsALoadThatSpinsAfterTheLastSample) {
  int64_t children = 0;
  {
    const SpinningChild load;
    watch_.Add(load.pid());
    Begin();
    children = own_.children_ns;
    load.Go();
  }
  watch_.End();
  EXPECT_GE(own_.children_ns - children, 100'000'000);
  ExpectCountedOnce();
}

TEST_F(ProgramTimeTest, CountsAMetricCommandThatIsNotWatched) {
  Begin();
  const int64_t children = own_.children_ns;
  { SpinningChild().Go(); }
  watch_.End();
  EXPECT_GE(own_.children_ns - children, 100'000'000);
  ExpectCountedOnce();
}

TEST_F(ProgramTimeTest, CountsAnEndedRootThatIsNotReaped) {
  const SpinningChild root;
  watch_.Add(root.pid());
  Begin();
  root.Go();
  root.WaitWithoutReaping();
  watch_.End();
  EXPECT_GE(watch_.sum().run_ns - sum_at_begin_, 100'000'000);
}

TEST_F(ProgramTimeTest, LeavesOtherProcessesOut) {
  const SpinningChild other;
  Begin();
  other.Go();
  other.WaitWithoutReaping();
  const Disturbance seen = watch_.End();
  EXPECT_GT(*seen.other_load, 0);
  ExpectCountedOnce();
}

TEST_F(ProgramTimeTest, CountsShortChildrenOfAShell) {
  Begin();
  EXPECT_GT(End("i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done"), 0.02);
}

TEST_F(ProgramTimeTest, CountsChildrenOnceThatSamplesFound) {
  Begin();
  EXPECT_GT(End("for i in 1 2; do timeout --foreground 1 sh -c 'while :; do :; done' & done; wait"),
            0.02);
}

TEST_F(ProgramTimeTest, CountsTheEndedThreadsOfARunningProgram) {
  Begin();
  std::thread(Spin).join();
  watch_.End();
  EXPECT_GE(watch_.sum().run_ns - sum_at_begin_, 100'000'000);
  ExpectCountedOnce();
}

}  // namespace
}  // namespace pyslow::trials
