#include "sweep/trials/signal_watch.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <thread>

#include "base/proc_stat.h"

namespace pyslow::trials {
namespace {

std::unique_ptr<SignalWatch> StartedWatch() {
  auto signals = SignalWatch::Start();
  EXPECT_TRUE(signals.ok()) << signals.status();
  return *std::move(signals);
}

char StateOfProcess(pid_t pid) {
  const auto stat = ReadProcessStat("/proc", pid);
  return stat.has_value() ? stat->state : 'X';
}

bool GetsState(pid_t pid, char state) {
  for (int i = 0; i < 500; ++i) {
    if (StateOfProcess(pid) == state) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST(SignalWatchTest, ReportsAnOutputWithoutReader) {
  const auto signals = StartedWatch();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  close(ends[1]);
  EXPECT_EQ(signals->TakeInterrupt(), SIGPIPE);
  EXPECT_EQ(signals->TakeInterrupt(), 0);
}

TEST(SignalWatchTest, RaisesASignalAgain) {
  const auto signals = StartedWatch();
  SignalWatch::RaiseAgain(SIGTERM);
  EXPECT_EQ(signals->Resumptions(), 0U);
  EXPECT_EQ(signals->TakeInterrupt(), SIGTERM);
}

// As under nohup, and in a background job of a shell without job control.
TEST(SignalWatchTest, IgnoredSignalsStayIgnored) {
  const auto before = signal(SIGHUP, SIG_IGN);
  {
    const auto signals = StartedWatch();
    kill(getpid(), SIGHUP);
    EXPECT_EQ(signals->TakeInterrupt(), 0);
  }
  signal(SIGHUP, before);
}

TEST(SignalWatchTest, CountsResumptions) {
  const auto signals = StartedWatch();
  kill(getpid(), SIGCONT);
  EXPECT_EQ(signals->Resumptions(), 1U);
  EXPECT_EQ(signals->Resumptions(), 1U);
}

// A child, in a group of its own, watches signals and has a group of its own to stop.
TEST(SignalWatchTest, StopsAndContinuesTheGroupsWithThisProcess) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t watcher = fork();
  if (watcher == 0) {
    setpgid(0, 0);
    const auto signals = StartedWatch();
    const pid_t command = fork();
    if (command == 0) {
      setpgid(0, 0);
      sleep(100);
      _exit(0);
    }
    setpgid(command, command);
    signals->AddGroup(command);
    if (write(ends[1], &command, sizeof command) < 0) _exit(1);
    while (signals->Resumptions() == 0) usleep(10'000);
    kill(command, SIGKILL);  // SIGTERM is blocked in it too
    waitpid(command, nullptr, 0);
    _exit(7);
  }
  pid_t command = 0;
  ASSERT_EQ(read(ends[0], &command, sizeof command), static_cast<ssize_t>(sizeof command));
  kill(watcher, SIGTSTP);
  EXPECT_TRUE(GetsState(watcher, 'T'));
  // It was sent the signal before, and stops when it is scheduled.
  EXPECT_TRUE(GetsState(command, 'T'));
  kill(watcher, SIGCONT);
  int status = 0;
  EXPECT_EQ(waitpid(watcher, &status, 0), watcher);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace pyslow::trials
