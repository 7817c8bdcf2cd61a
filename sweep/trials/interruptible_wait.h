// Sleeps until a deadline, a termination signal or the end of a child process.
#ifndef PYSLOW_SWEEP_TRIALS_INTERRUPTIBLE_WAIT_H_
#define PYSLOW_SWEEP_TRIALS_INTERRUPTIBLE_WAIT_H_

#include <chrono>
#include <functional>

#include "sweep/trials/disturbance.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

// Not thread-safe.
class InterruptibleWait {
 public:
  // kStopped: may_continue returned false.
  enum class Wakeup { kDeadline, kInterrupted, kStopped };

  // `watch` may be null; otherwise it takes samples during the wait. `may_continue` is called at
  // the beginning, whenever a child of this process has ended and after every kMaxCheckPause.
  // `signals` and `watch` are not owned.
  InterruptibleWait(SignalWatch* signals, DisturbanceWatch* watch,
                    std::function<bool()> may_continue)
      : signals_(*signals), watch_(watch), may_continue_(std::move(may_continue)) {}

  // Waits until `time` at most.
  Wakeup Until(std::chrono::steady_clock::time_point time);
  // The termination signal after kInterrupted.
  int interrupt() const { return interrupt_; }

 private:
  SignalWatch& signals_;
  DisturbanceWatch* const watch_;
  const std::function<bool()> may_continue_;
  std::chrono::steady_clock::time_point next_sample_;
  int interrupt_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_INTERRUPTIBLE_WAIT_H_
