// The part of a session in which calls are delayed.
#ifndef PYSLOW_CORE_WINDOW_H_
#define PYSLOW_CORE_WINDOW_H_

#include <cstdint>

#include "core/clock.h"

namespace pyslow::core {

// Edges are instants of CLOCK_MONOTONIC, the same in all processes of a session. On the path of a
// call they are compared with the cheaper counter, whose rate is not known well enough to run for
// hours on it: so the counter only says when to look at CLOCK_MONOTONIC again. While the edge is
// far the kernel's coarse clock says so, which is cheaper still, and while it is very far the
// change of the second on the wall clock, the cheapest of all.
class Window {
 public:
  enum class State : uint8_t { kBefore, kOpen, kAfter };
  static constexpr int64_t kNever = INT64_MAX;

  // Opens at `open_ns` (kNever: when OpenAt is called) and closes duration_ns later (0: never).
  Window(const Calibration& calibration, int64_t open_ns, int64_t duration_ns);

  // Whether an edge may lie ahead; if not, Current() need not be asked again.
  bool has_edge() const { return looks_at_ != LooksAt::kNothing; }
  State state() const { return state_; }

  // The state now. With an edge ahead three nanoseconds or so, within seconds of it six, within a
  // fifth of a second twelve.
  State Current() {
    if (has_edge() && MayHaveChanged()) [[unlikely]]
      Look(MonotonicNs());
    return state_;
  }

  // How much of the time from `begin_ns` to `end_ns` lies in it.
  int64_t NsInside(int64_t begin_ns, int64_t end_ns) const;

  // Opens a window that waits for a call (--start-at): it began at `open_ns`.
  void OpenAt(int64_t open_ns);

 private:
  enum class LooksAt : uint8_t { kNothing, kSecond, kCoarseClock, kCounter };
  // Far beyond what the coarse clock lags behind; more would open or close the window that much
  // late.
  static constexpr int64_t kFarNs = 200'000'000;
  // The second changes at least this often, were the wall clock set back within it.
  static constexpr int64_t kVeryFarNs = 4'000'000'000;

  bool MayHaveChanged() const {
    if (looks_at_ == LooksAt::kSecond) [[likely]]
      return time(nullptr) != second_;
    return looks_at_ == LooksAt::kCoarseClock
               ? CoarseMonotonicNs() >= next_look_ns_
               : ReadCounter(calibration_.counter) >= next_look_ticks_;
  }
  void Look(int64_t now_ns);
  int64_t CloseNs() const;

  Calibration calibration_;
  int64_t open_ns_;
  int64_t duration_ns_;
  State state_ = State::kBefore;
  LooksAt looks_at_ = LooksAt::kNothing;
  time_t second_ = 0;             // of the wall clock
  int64_t next_look_ns_ = 0;      // of the coarse clock
  uint64_t next_look_ticks_ = 0;  // of the counter
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_WINDOW_H_
