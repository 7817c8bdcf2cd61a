// Letting time pass while something else runs.
#ifndef PYSLOW_SWEEP_TRIALS_INTERRUPTIBLE_WAIT_H_
#define PYSLOW_SWEEP_TRIALS_INTERRUPTIBLE_WAIT_H_

#include <chrono>
#include <functional>

#include "sweep/trials/disturbance.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

class Waiter {
 public:
  enum class Woken { kTime, kInterrupted, kStopped };

  // `watch` looks meanwhile, unless it is null; `may_go_on` is asked when a child has ended, and
  // first of all. Neither is owned.
  Waiter(SignalWatch* signals, DisturbanceWatch* watch, std::function<bool()> may_go_on)
      : signals_(*signals), watch_(watch), may_go_on_(std::move(may_go_on)) {}

  // Until that time, a signal that asks this process to end, or the end of may_go_on.
  Woken Until(std::chrono::steady_clock::time_point time);
  int interrupt() const { return interrupt_; }

 private:
  SignalWatch& signals_;
  DisturbanceWatch* const watch_;
  const std::function<bool()> may_go_on_;
  std::chrono::steady_clock::time_point next_look_;
  int interrupt_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_INTERRUPTIBLE_WAIT_H_
