#include "sweep/trials/left_processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/proc_stat.h"
#include "sweep/trials/run_process.h"

namespace pyslow::trials {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LeftProcessesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }
  void TearDown() override {
    if (daemon_ != 0 && IsRunning()) kill(daemon_, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

  // Runs a command that starts a daemon with the shell command `program` and prints its process ID.
  void Leave(const std::string& program, const std::string& variable) {
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c",
                 absl::StrCat("setsid sh -c '", program,
                              "' </dev/null >/dev/null 2>&1 & echo $!; sleep 0.3")};
    spec.environment = {"PATH=/usr/bin:/bin", variable};
    const auto result = RunProcess(spec, *signals_);
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_TRUE(absl::SimpleAtoi(result->output, &daemon_)) << result->output;
    group_ = result->pid;
    ASSERT_TRUE(IsRunning());
  }
  std::vector<std::string> End(const std::string& variable,
                               std::chrono::nanoseconds grace = seconds(30)) {
    return EndLeftProcesses({variable, group_}, grace, signals_.get());
  }
  bool IsRunning() const {
    const auto stat = ReadProcessStat("/proc", daemon_);
    return stat.has_value() && stat->state != 'Z';
  }
  std::string Name(const std::string& program) const {
    return absl::StrCat(program, " (pid ", daemon_, ")");
  }

  std::unique_ptr<SignalWatch> signals_;
  pid_t daemon_ = 0;
  pid_t group_ = 0;
};

TEST_F(LeftProcessesTest, EndsADaemonOfTheSession) {
  Leave("exec sleep 100", "SPEED_BUMP_SESSION_ID=left-1");
  EXPECT_THAT(End("SPEED_BUMP_SESSION_ID=left-1"), ElementsAre(Name("sleep")));
  EXPECT_FALSE(IsRunning());
  EXPECT_THAT(End("SPEED_BUMP_SESSION_ID=left-1"), IsEmpty());
}

TEST_F(LeftProcessesTest, LeavesProcessesOfOtherSessionsAlone) {
  Leave("exec sleep 100", "SPEED_BUMP_SESSION_ID=left-22");
  EXPECT_THAT(End("SPEED_BUMP_SESSION_ID=left-2"), IsEmpty());
  EXPECT_THAT(End("BUMP_SESSION_ID=left-22"), IsEmpty());
  EXPECT_THAT(End(""), IsEmpty());
  EXPECT_TRUE(IsRunning());
}

TEST_F(LeftProcessesTest, KillsADaemonThatIgnoresSigterm) {
  Leave("trap \"\" TERM; while :; do sleep 0.1; done", "SPEED_BUMP_SESSION_ID=left-3");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(End("SPEED_BUMP_SESSION_ID=left-3", milliseconds(300)).empty());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(300));
  EXPECT_FALSE(IsRunning());
}

TEST_F(LeftProcessesTest, KillsAtAnInterruptAndRaisesItAgain) {
  Leave("trap \"\" TERM; while :; do sleep 0.1; done", "SPEED_BUMP_SESSION_ID=left-4");
  kill(getpid(), SIGINT);
  End("SPEED_BUMP_SESSION_ID=left-4", seconds(600));
  EXPECT_FALSE(IsRunning());
  EXPECT_EQ(signals_->TakeInterrupt(), SIGINT);
}

// As redis-server, which overwrites its environment with its title.
TEST_F(LeftProcessesTest, EndsAnAdoptedDaemonWithAnotherEnvironment) {
  AdoptOrphans();
  Leave("exec env -i /bin/sleep 100", "SPEED_BUMP_SESSION_ID=left-5");
  EXPECT_THAT(End("SPEED_BUMP_SESSION_ID=left-5"), ElementsAre(Name("sleep")));
  EXPECT_FALSE(ReadProcessStat("/proc", daemon_).has_value()) << "it is a zombie";
}

TEST_F(LeftProcessesTest, DoesNotAdoptBesideAnOlderChild) {
  const auto older = ChildProcess::Start({{"sleep", "100"}, {}}, signals_->original_mask(), 2, 2);
  ASSERT_TRUE(older.ok());
  AdoptOrphans();
  Leave("exec sleep 100", "SPEED_BUMP_SESSION_ID=left-6");
  EXPECT_THAT(End("SPEED_BUMP_SESSION_ID=left-6"), ElementsAre(Name("sleep")));
  EXPECT_FALSE(older->HasEnded());
  older->SendToGroup(SIGKILL);
  older->Reap();
}

}  // namespace
}  // namespace pyslow::trials
