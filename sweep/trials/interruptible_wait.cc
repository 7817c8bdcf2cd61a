#include "sweep/trials/interruptible_wait.h"

#include <poll.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace pyslow::trials {

using Clock = std::chrono::steady_clock;

InterruptibleWait::Wakeup InterruptibleWait::Until(Clock::time_point time) {
  for (;;) {
    interrupt_ = signals_.TakeInterrupt();
    if (interrupt_ != 0) return Wakeup::kInterrupted;
    if (!may_continue_()) return Wakeup::kStopped;
    const Clock::time_point now = Clock::now();
    if (now >= time) return Wakeup::kDeadline;
    Clock::time_point until = std::min(time, now + kMaxCheckPause);
    if (watch_ != nullptr) {
      if (now >= next_sample_) {
        const auto pause = watch_->Sample();
        next_sample_ = Clock::now() + pause;
      }
      until = std::min(until, next_sample_);
    }
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(until - Clock::now());
    const int64_t left_ns = std::max<int64_t>(left.count(), 0);
    const timespec timeout = {left_ns / 1'000'000'000, left_ns % 1'000'000'000};
    pollfd polled = {signals_.fd(), POLLIN, 0};
    ppoll(&polled, 1, &timeout, nullptr);
  }
}

}  // namespace pyslow::trials
