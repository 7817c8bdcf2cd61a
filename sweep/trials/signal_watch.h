// Receives termination signals, stops and SIGCHLD through a file descriptor instead of a handler.
#ifndef PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_
#define PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>

#include "absl/status/statusor.h"

namespace pyslow::trials {

// Waits for a program check whether it should continue at least this often.
inline constexpr std::chrono::milliseconds kMaxCheckPause{200};

// While an object exists, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGCONT and SIGCHLD
// of this process are blocked and can be read from fd(). SIGPIPE is a termination signal because
// the reader of the output has ended. Create it before any thread starts; use it from one thread.
// Signals that the process ignores stay ignored, except SIGCHLD. Unavailable if signalfd fails.
class SignalWatch {
 public:
  static absl::StatusOr<std::unique_ptr<SignalWatch>> Start();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  // Readable if a signal is pending.
  int fd() const { return fd_; }
  // The signal mask before Start; children are started with it.
  const sigset_t& original_mask() const { return original_mask_; }

  // Consumes all pending signals without blocking. Returns the first termination signal, or 0 if
  // there was none. After SIGTSTP (Ctrl-Z), stops the groups and this process, and returns when
  // both continue.
  int TakeInterrupt();
  // Makes the next TakeInterrupt return `interrupt`.
  static void RaiseAgain(int interrupt);

  // The process groups that are stopped and continued with this process.
  void AddGroup(pid_t group) { groups_.insert(group); }
  void RemoveGroup(pid_t group) { groups_.erase(group); }
  // How often this process was continued after a stop. Reads the pending signals, and raises a
  // termination signal among them again.
  uint64_t Resumptions();

 private:
  SignalWatch(int fd, const sigset_t& original_mask) : fd_(fd), original_mask_(original_mask) {}
  void StopWithGroups() const;

  int fd_;
  sigset_t original_mask_;
  std::set<pid_t> groups_;
  uint64_t resumptions_ = 0;
};

// The signal that ends a command after this process received `interrupt`: programs that ignore
// SIGPIPE, such as Python, need another one.
inline int SignalForCommand(int interrupt) { return interrupt == SIGPIPE ? SIGTERM : interrupt; }

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_
