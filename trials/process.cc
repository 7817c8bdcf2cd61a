#include "trials/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::seconds;

constexpr seconds kDescendantsGrace{1};  // for descendants to end by themselves, and when asked

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  // posix_spawn's interface has no const, and does not write.
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// The child's output goes to `output`. 0, or the error.
int Spawn(const ProcessSpec& spec, const sigset_t& mask, int output, pid_t* pid) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &mask);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const auto cleanup = absl::MakeCleanup([&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  });
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  // Last: `output` may itself be descriptor 0, if this process was started with none.
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  return posix_spawn(pid, spec.argv.front().c_str(), &actions, &attributes,
                     Pointers(spec.argv).data(), Pointers(spec.environment).data());
}

// The second field of schedstat: nanoseconds runnable without a core. A zombie still has it.
std::optional<double> CoreWaitSeconds(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/schedstat"));
  int64_t run_ns = 0;
  int64_t wait_ns = 0;
  if (!(file >> run_ns >> wait_ns)) return std::nullopt;
  return static_cast<double>(wait_ns) * 1e-9;
}

// A started command and what is to be done about it. The command stays a zombie until the very end,
// so that its number, which is its group's too, cannot become another process's.
class Child {
 public:
  Child(pid_t pid, Clock::time_point started, int output_fd, const ProcessSpec& spec,
        SignalWatch& signals)
      : pid_(pid),
        started_(started),
        grace_(spec.grace_ns),
        output_fd_(output_fd),
        signals_(signals) {
    if (spec.timeout_ns > 0) deadline_ = started_ + std::chrono::nanoseconds(spec.timeout_ns);
  }

  ProcessResult WaitForEnd() {
    while (!HasEnded()) Step();
    result_.wall_seconds = duration<double>(Clock::now() - started_).count();
    result_.core_wait_seconds = CoreWaitSeconds(pid_);
    EndDescendants();
    Reap();
    return std::move(result_);
  }

 private:
  using End = ProcessResult::End;

  void Step() {
    Wait(deadline_);
    const int interrupt = signals_.TakeInterrupt();
    if (interrupt != 0) {
      const bool is_first = result_.end != End::kInterrupted;
      result_.end = End::kInterrupted;
      result_.number = is_first ? interrupt : result_.number;
      SendToGroup(is_first ? interrupt : SIGKILL);
      if (is_first) deadline_ = Clock::now() + grace_;
    } else if (deadline_.has_value() && Clock::now() >= *deadline_) {
      const bool asked = result_.end != End::kExited;
      if (!asked) result_.end = End::kTimedOut;
      SendToGroup(asked ? SIGKILL : SIGTERM);
      deadline_ = Clock::now() + grace_;
    }
  }

  // Sleeps until there is output, a signal or `until`, and takes the output.
  void Wait(std::optional<Clock::time_point> until) {
    int timeout_ms = -1;
    if (until.has_value()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
      // A minute at a time: the wait may be longer than an int of milliseconds.
      timeout_ms = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
    }
    std::array<pollfd, 2> polled = {{{output_fd_, POLLIN, 0}, {signals_.fd(), POLLIN, 0}}};
    if (poll(polled.data(), polled.size(), timeout_ms) > 0 && polled[0].revents != 0) ReadOutput();
  }

  void ReadOutput() {
    std::array<char, 1 << 16> buffer;
    const ssize_t got = read(output_fd_, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
      output_fd_ = -1;  // poll passes over it
      return;
    }
    result_.output.append(buffer.data(), static_cast<size_t>(got));
    if (result_.output.size() > 2 * kOutputKept) {
      result_.output.erase(0, result_.output.size() - kOutputKept);
    }
  }

  bool HasEnded() const {
    siginfo_t info = {};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  }

  void SendToGroup(int signal) const { kill(-pid_, signal); }

  // Reads on until nobody holds the output any more.
  void ReadRest() {
    const Clock::time_point until = Clock::now() + kDescendantsGrace;
    while (output_fd_ >= 0 && Clock::now() < until) {
      Wait(until);
      const int interrupt = signals_.TakeInterrupt();
      if (interrupt == 0) continue;
      result_.end = End::kInterrupted;
      result_.number = interrupt;
      return;
    }
  }

  void EndDescendants() {
    ReadRest();
    SendToGroup(SIGTERM);
    if (output_fd_ >= 0) ReadRest();
    SendToGroup(SIGKILL);
  }

  void Reap() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (result_.end != End::kExited) return;
    if (WIFSIGNALED(status)) {
      result_.end = End::kKilled;
      result_.number = WTERMSIG(status);
    } else {
      result_.number = WEXITSTATUS(status);
    }
  }

  const pid_t pid_;
  const Clock::time_point started_;
  const std::chrono::nanoseconds grace_;
  int output_fd_;
  SignalWatch& signals_;
  std::optional<Clock::time_point> deadline_;  // for the next, sterner step
  ProcessResult result_;
};

}  // namespace

absl::StatusOr<ProcessResult> RunProcess(const ProcessSpec& spec, SignalWatch& signals) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return absl::UnavailableError(absl::StrCat("no pipe: ", std::strerror(errno)));
  }
  const auto close_read = absl::MakeCleanup([&] { close(ends[0]); });
  const Clock::time_point started = Clock::now();
  pid_t pid = 0;
  const int error = Spawn(spec, signals.original_mask(), ends[1], &pid);
  close(ends[1]);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("cannot be started: ", std::strerror(error)));
  }
  return Child(pid, started, ends[0], spec, signals).WaitForEnd();
}

}  // namespace pyslow::trials
