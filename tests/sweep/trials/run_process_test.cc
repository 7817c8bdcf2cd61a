#include "sweep/trials/run_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "base/proc_stat.h"
#include "sweep/trials/background_process.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using End = ProcessResult::End;
constexpr int64_t kSecond = 1'000'000'000;

class RunProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }

  ProcessResult Shell(const std::string& script, int64_t timeout_ns = 30 * kSecond) {
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin", "WORD=hello"};
    spec.timeout_ns = timeout_ns;
    spec.grace_ns = grace_ns_;
    auto result = RunProcess(spec, *signals_);
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  }

  std::unique_ptr<SignalWatch> signals_;
  int64_t grace_ns_ = 30 * kSecond;
};

// The state of a process, or 'X' if there is no such process.
char StateOf(pid_t pid) {
  const std::optional<ProcessStat> stat = ReadProcessStat("/proc", pid);
  return stat.has_value() ? stat->state : 'X';
}

bool HasEndedSoon(pid_t pid) {
  for (int i = 0; i < 100; ++i) {
    const char state = StateOf(pid);
    if (state == 'X' || state == 'Z') return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

pid_t PidIn(const std::string& output) {
  int pid = 0;
  EXPECT_TRUE(absl::SimpleAtoi(output, &pid)) << output;
  return pid;
}

TEST_F(RunProcessTest, KeepsStandardOutputAndErrorInTheOrderOfReading) {
  const ProcessResult result = Shell("echo a; sleep 0.5; echo b >&2; sleep 0.5; echo c");
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_EQ(result.number, 0);
  EXPECT_EQ(result.output, "a\nb\nc\n");
}

TEST_F(RunProcessTest, PassesOnWhatIsPrintedByStream) {
  ProcessSpec spec;
  spec.argv = ShellArgv("echo a; echo b >&2; echo c");
  std::string output;
  std::string error;
  spec.on_output = [&](OutputStream stream, absl::string_view bytes) {
    (stream == OutputStream::kStandardOutput ? output : error).append(bytes.data(), bytes.size());
  };
  ASSERT_TRUE(RunProcess(spec, *signals_).ok());
  EXPECT_EQ(output, "a\nc\n");
  EXPECT_EQ(error, "b\n");
}

TEST_F(RunProcessTest, PassesTheEnvironmentAndEmptyInput) {
  EXPECT_EQ(Shell("echo $WORD; cat").output, "hello\n");
}

TEST_F(RunProcessTest, ReportsTheExitStatusAndTheSignal) {
  EXPECT_EQ(Shell("exit 7").number, 7);
  const ProcessResult killed = Shell("kill -9 $$");
  EXPECT_EQ(killed.end, End::kKilled);
  EXPECT_EQ(killed.number, SIGKILL);
}

TEST_F(RunProcessTest, MeasuresTheWallTimeOfTheCommand) {
  const ProcessResult result = Shell("sleep 0.3");
  EXPECT_GE(result.wall_seconds, 0.3);
}

TEST_F(RunProcessTest, KeepsTheEndOfALongOutput) {
  const ProcessResult result = Shell("head -c 50000000 /dev/zero | tr '\\0' x; echo end");
  EXPECT_GE(result.output.size(), kMinOutputKept);
  EXPECT_LE(result.output.size(), 2 * kMinOutputKept);
  EXPECT_THAT(result.output.substr(result.output.size() - 5), HasSubstr("xend\n"));
}

TEST_F(RunProcessTest, SearchesPathForTheCommand) {
  ProcessSpec spec;
  spec.argv = {"sh", "-c", "echo found"};
  EXPECT_EQ(RunProcess(spec, *signals_)->output, "found\n");
}

TEST_F(RunProcessTest, EndsTheCommandIfItMayNotContinue) {
  ProcessSpec spec;
  // The end of another child of this process causes the call of may_continue.
  pid_t other = 0;
  char* const words[] = {const_cast<char*>("true"), nullptr};
  spec.argv = {"/bin/sh", "-c", "sleep 100"};
  spec.may_continue = [] { return false; };
  ASSERT_EQ(posix_spawn(&other, "/bin/true", nullptr, nullptr, words, environ), 0);
  const auto result = RunProcess(spec, *signals_);
  EXPECT_EQ(result->end, End::kStopped);
  EXPECT_LT(result->wall_seconds, 50);
  waitpid(other, nullptr, 0);
}

TEST_F(RunProcessTest, ReportsACommandThatDoesNotExist) {
  ProcessSpec spec;
  spec.argv = {"/nowhere/pyslow"};
  const auto result = RunProcess(spec, *signals_);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("No such file"));
}

TEST_F(RunProcessTest, EndsTheProcessGroupAtTheTimeout) {
  const ProcessResult result = Shell("sleep 100 & echo $!; wait", kSecond / 5);
  EXPECT_EQ(result.end, End::kTimedOut);
  EXPECT_TRUE(HasEndedSoon(PidIn(result.output)));
}

TEST_F(RunProcessTest, KillsACommandThatIgnoresTheTimeout) {
  grace_ns_ = kSecond / 2;
  const ProcessResult result = Shell("trap '' TERM; while :; do sleep 0.1; done", kSecond / 5);
  EXPECT_EQ(result.end, End::kTimedOut);
  EXPECT_GE(result.wall_seconds, 0.7);
  EXPECT_LT(result.wall_seconds, 25);
}

TEST_F(RunProcessTest, DoesNotSignalOtherProcessGroups) {
  const ProcessResult result =
      Shell("setsid sleep 100 >/dev/null 2>&1 & echo $!; sleep 0.2; wait", kSecond);
  EXPECT_EQ(result.end, End::kTimedOut);
  const pid_t bystander = PidIn(result.output);
  EXPECT_EQ(StateOf(bystander), 'S');
  kill(bystander, SIGKILL);
}

TEST_F(RunProcessTest, EndsDescendantsThatOutliveTheCommand) {
  const ProcessResult result = Shell("sleep 100 & echo $!");
  EXPECT_EQ(result.end, End::kExited);
  EXPECT_LT(result.wall_seconds, 50);
  EXPECT_TRUE(HasEndedSoon(PidIn(result.output)));
}

// It has closed its outputs, so that nothing else shows that it runs.
TEST_F(RunProcessTest, DescendantsCanEndWellAfterSigterm) {
  const TemporaryDirectory directory;
  Shell("cd " + directory.path() +
        "; (trap ': >ended; exit' TERM; : >ready; while :; do sleep 0.05; done) "
        ">/dev/null 2>&1 & while ! test -e ready; do sleep 0.01; done");
  EXPECT_TRUE(std::filesystem::exists(directory.path() + "/ended"));
}

TEST_F(RunProcessTest, ForwardsAndReportsAnInterrupt) {
  const ProcessResult result =
      Shell("trap 'echo heard; exit 3' INT; kill -INT $PPID; while :; do sleep 0.05; done");
  EXPECT_EQ(result.end, End::kInterrupted);
  EXPECT_EQ(result.number, SIGINT);
  EXPECT_EQ(result.output, "heard\n");
}

TEST_F(RunProcessTest, KillsAtTheSecondInterrupt) {
  const ProcessResult result = Shell(
      "trap '' TERM; kill -TERM $PPID; sleep 0.3; kill -TERM $PPID; while :; do sleep 0.1; done");
  EXPECT_EQ(result.end, End::kInterrupted);
  EXPECT_LT(result.wall_seconds, 25);
}

// This process as another user than its children, which it then cannot signal, like those of sudo.
class AsOtherUser {
 public:
  static bool IsPossible() { return getuid() == 0 && geteuid() == 0; }
  AsOtherUser() { EXPECT_EQ(setresuid(65534, 65534, 0), 0); }
  ~AsOtherUser() { EXPECT_EQ(setresuid(0, 0, 0), 0); }
  AsOtherUser(const AsOtherUser&) = delete;
  AsOtherUser& operator=(const AsOtherUser&) = delete;
};

TEST_F(RunProcessTest, LeavesACommandToItselfThatSurvivesSigkill) {
  if (!AsOtherUser::IsPossible()) GTEST_SKIP() << "only root can start a process of another user";
  ProcessSpec spec;
  spec.argv = ShellArgv("sleep 100");
  spec.grace_ns = kSecond / 10;
  std::optional<AsOtherUser> other;
  spec.may_continue = [&] {
    other.emplace();
    return false;
  };
  const auto result = RunProcess(spec, *signals_);
  other.reset();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->end, End::kStopped);
  EXPECT_EQ(StateOf(result->pid), 'S');
  kill(-result->pid, SIGKILL);
  waitpid(result->pid, nullptr, 0);
}

TEST_F(RunProcessTest, LeavesABackgroundCommandToItselfThatSurvivesSigkill) {
  if (!AsOtherUser::IsPossible()) GTEST_SKIP() << "only root can start a process of another user";
  CommandSpec spec;
  spec.argv = ShellArgv("sleep 100");
  spec.grace_ns = kSecond / 10;
  const auto process = BackgroundProcess::Start(spec, "/dev/null", signals_.get());
  ASSERT_TRUE(process.ok()) << process.status();
  ChildExit end;
  {
    const AsOtherUser other;
    end = (*process)->Stop();
  }
  EXPECT_TRUE(end.by_signal);
  EXPECT_EQ(end.number, SIGKILL);
  EXPECT_EQ(StateOf((*process)->pid()), 'S');
  kill(-(*process)->pid(), SIGKILL);
  waitpid((*process)->pid(), nullptr, 0);
}

}  // namespace
}  // namespace pyslow::trials
