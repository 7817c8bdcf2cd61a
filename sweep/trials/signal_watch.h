// Ctrl-C and its like, as something to wait for in place of a handler.
#ifndef PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_
#define PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_

#include <signal.h>

#include <memory>

#include "absl/status/statusor.h"

namespace pyslow::trials {

// While one lives, SIGINT, SIGTERM, SIGHUP and SIGCHLD of this process are collected here. To be
// made before any thread is, and used from one. A signal that was ignored before stays so.
class SignalWatch {
 public:
  static absl::StatusOr<std::unique_ptr<SignalWatch>> Start();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  // Readable when a signal has come.
  int fd() const { return fd_; }
  // The mask from before, which a child is started with.
  const sigset_t& original_mask() const { return original_mask_; }

  // Takes what has come, never waiting. The signal that asks to end, or 0.
  int TakeInterrupt();

 private:
  SignalWatch(int fd, const sigset_t& original_mask) : fd_(fd), original_mask_(original_mask) {}
  int fd_;
  sigset_t original_mask_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_SIGNAL_WATCH_H_
