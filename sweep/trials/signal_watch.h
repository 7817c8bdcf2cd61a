// Receives termination signals and SIGCHLD through a file descriptor instead of a handler.
#ifndef PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_
#define PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_

#include <signal.h>

#include <chrono>
#include <memory>

#include "absl/status/statusor.h"

namespace pyslow::trials {

// Waits for a program check whether it should continue at least this often.
inline constexpr std::chrono::milliseconds kMaxCheckPause{200};

// While an object exists, SIGINT, SIGTERM, SIGHUP and SIGCHLD of this process are blocked and can
// be read from fd(). Create it before any thread starts; use it from one thread. Signals that the
// process ignores stay ignored. Unavailable if signalfd fails.
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

  // Consumes all pending signals without blocking. Returns the first of SIGINT, SIGTERM and SIGHUP,
  // or 0 if there was none.
  int TakeInterrupt();

 private:
  SignalWatch(int fd, const sigset_t& original_mask) : fd_(fd), original_mask_(original_mask) {}
  int fd_;
  sigset_t original_mask_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_
