#include "sweep/trials/run_process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// The time that descendants with an open output have to end by themselves, and that all descendants
// have after SIGTERM.
constexpr seconds kDescendantsGrace{1};
constexpr std::chrono::milliseconds kGroupPause{10};

// Waits for a started command, reads its output and ends it if necessary.
class RunningProcess {
 public:
  RunningProcess(const ChildProcess& child, Clock::time_point started, std::array<int, 2> outputs,
                 const ProcessSpec& spec, SignalWatch& signals)
      : child_(child),
        started_(started),
        output_fds_(outputs),
        spec_(spec),
        signals_(signals),
        next_sample_(started) {
    if (spec.timeout_ns > 0) deadline_ = started_ + nanoseconds(spec.timeout_ns);
    if (spec.watch != nullptr) spec.watch->Add(child.pid(), spec.is_program);
    signals_.AddGroup(child.pid());
    result_.pid = child.pid();
  }
  ~RunningProcess() { signals_.RemoveGroup(child_.pid()); }
  RunningProcess(const RunningProcess&) = delete;
  RunningProcess& operator=(const RunningProcess&) = delete;

  ProcessResult WaitForEnd() {
    while (!child_.HasEnded() && kills_ < 2) Step();
    result_.begin = started_;
    result_.wall_seconds = duration<double>(Clock::now() - started_).count();
    if (spec_.watch != nullptr) spec_.watch->Sample();
    EndDescendants();
    Reap();
    return std::move(result_);
  }

 private:
  using End = ProcessResult::End;

  void Step() {
    Sample();
    Wait(deadline_);
    const int interrupt = signals_.TakeInterrupt();
    if (interrupt != 0) {
      OnInterrupt(interrupt);
    } else if (deadline_.has_value() && Clock::now() >= *deadline_) {
      Terminate(End::kTimedOut);
    } else if (result_.end == End::kExited && spec_.may_continue && !spec_.may_continue()) {
      Terminate(End::kStopped);
    }
  }

  void OnInterrupt(int interrupt) {
    if (result_.end == End::kInterrupted) {
      Kill();
      return;
    }
    result_.end = End::kInterrupted;
    result_.number = interrupt;
    child_.SendToGroup(SignalForCommand(interrupt));
    deadline_ = Clock::now() + nanoseconds(spec_.grace_ns);
  }

  // SIGTERM the first time, then SIGKILL.
  void Terminate(End reason) {
    if (result_.end != End::kExited) {
      Kill();
      return;
    }
    result_.end = reason;
    child_.SendToGroup(SIGTERM);
    deadline_ = Clock::now() + nanoseconds(spec_.grace_ns);
  }

  void Kill() {
    child_.SendToGroup(SIGKILL);
    ++kills_;
    deadline_ = Clock::now() + std::max<nanoseconds>(nanoseconds(spec_.grace_ns), kMaxKillTime);
  }

  void Sample() {
    if (spec_.watch == nullptr || Clock::now() < next_sample_) return;
    const auto pause = spec_.watch->Sample();
    next_sample_ = Clock::now() + pause;
  }

  // Sleeps until output, a signal, `until` or the next sample, and reads the output.
  void Wait(std::optional<Clock::time_point> until) {
    if (spec_.watch != nullptr) until = std::min(until.value_or(next_sample_), next_sample_);
    if (spec_.may_continue) {
      const Clock::time_point next = Clock::now() + kMaxCheckPause;
      until = std::min(until.value_or(next), next);
    }
    int timeout_ms = -1;
    if (until.has_value()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
      // At most a minute, since poll's timeout is an int of milliseconds.
      timeout_ms = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
    }
    std::array<pollfd, 3> polled = {
        {{output_fds_[0], POLLIN, 0}, {output_fds_[1], POLLIN, 0}, {signals_.fd(), POLLIN, 0}}};
    if (poll(polled.data(), polled.size(), timeout_ms) <= 0) return;
    if (polled[0].revents != 0) ReadOutput(OutputStream::kStandardOutput);
    if (polled[1].revents != 0) ReadOutput(OutputStream::kStandardError);
  }

  void ReadOutput(OutputStream stream) {
    int& fd = output_fds_[static_cast<size_t>(stream)];
    std::array<char, 1 << 16> buffer;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
      fd = -1;  // poll ignores negative descriptors
      return;
    }
    const absl::string_view bytes(buffer.data(), static_cast<size_t>(got));
    if (spec_.on_output) spec_.on_output(stream, bytes);
    result_.output.append(bytes.data(), bytes.size());
    if (result_.output.size() > 2 * kMinOutputKept) {
      result_.output.erase(0, result_.output.size() - kMinOutputKept);
    }
  }

  bool HasOpenOutput() const { return output_fds_[0] >= 0 || output_fds_[1] >= 0; }

  // Reads until no process has an output open any more and, if `waits_for_group`, none of the group
  // runs, or until kDescendantsGrace has passed.
  void ReadRest(bool waits_for_group) {
    const Clock::time_point until = Clock::now() + kDescendantsGrace;
    const auto may_end = [&] {
      return HasOpenOutput() || (waits_for_group && !child_.GroupHasEnded());
    };
    while (Clock::now() < until && may_end()) {
      Sample();
      Wait(HasOpenOutput() ? until : std::min(until, Clock::now() + kGroupPause));
      const int interrupt = signals_.TakeInterrupt();
      if (interrupt == 0) continue;
      result_.end = End::kInterrupted;
      result_.number = interrupt;
      return;
    }
  }

  void EndDescendants() {
    ReadRest(false);
    child_.SendToGroup(SIGTERM);
    ReadRest(true);
    child_.SendToGroup(SIGKILL);
  }

  void Reap() {
    if (!child_.HasEnded()) return;
    const ChildExit end = child_.Reap();
    if (result_.end != End::kExited) return;
    if (end.by_signal) result_.end = End::kKilled;
    result_.number = end.number;
  }

  const ChildProcess child_;
  const Clock::time_point started_;
  std::array<int, 2> output_fds_;  // by OutputStream
  const ProcessSpec& spec_;
  SignalWatch& signals_;
  Clock::time_point next_sample_;
  std::optional<Clock::time_point> deadline_;  // when the next signal is sent
  int kills_ = 0;                              // how often SIGKILL was
  ProcessResult result_;
};

}  // namespace

absl::StatusOr<ProcessResult> RunProcess(const ProcessSpec& spec, SignalWatch& signals) {
  // The read ends of both outputs, then the write ends.
  std::array<int, 4> ends = {-1, -1, -1, -1};
  const auto close_all = absl::MakeCleanup([&] {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  });
  for (size_t i = 0; i < 2; ++i) {
    std::array<int, 2> pair;
    if (pipe2(pair.data(), O_CLOEXEC) != 0) {
      return absl::UnavailableError(absl::StrCat("cannot make a pipe: ", std::strerror(errno)));
    }
    ends[i] = pair[0];
    ends[i + 2] = pair[1];
  }
  const Clock::time_point started = Clock::now();
  const absl::StatusOr<ChildProcess> child =
      ChildProcess::Start(spec, signals.original_mask(), ends[2], ends[3]);
  for (const size_t write_end : {2, 3}) close(std::exchange(ends[write_end], -1));
  if (!child.ok()) return child.status();
  return RunningProcess(*child, started, {ends[0], ends[1]}, spec, signals).WaitForEnd();
}

}  // namespace pyslow::trials
