// The window: the part of a session in which calls are delayed and counted.
#ifndef PYSLOW_CORE_WINDOW_H_
#define PYSLOW_CORE_WINDOW_H_

#include <cstdint>

#include "core/clock.h"

namespace pyslow::core {

// Its edges are instants of CLOCK_MONOTONIC, the same in all processes of a session. Reading that
// clock in every call would be too slow. A cheaper clock therefore decides when CLOCK_MONOTONIC is
// read again: the processor's counter close to an edge (its rate is not known precisely enough for
// longer times), the kernel's coarse clock further away, and the second of the wall clock, the
// cheapest, if the edge is seconds away.
//
// Not thread-safe: the engine uses it with the GIL held.
class Window {
 public:
  enum class State : uint8_t { kBefore, kOpen, kAfter };
  static constexpr int64_t kNever = INT64_MAX;

  // Opens at `open_ns` (kNever: when OpenAt is called) and closes duration_ns later (0: never).
  // Both are of CLOCK_MONOTONIC.
  Window(const Calibration& calibration, int64_t open_ns, int64_t duration_ns);

  // Whether the state may still change without OpenAt.
  bool has_edge() const { return watched_clock_ != Clock::kNone; }
  // The state at the last call of Current or OpenAt.
  State state() const { return state_; }

  // The state now. Costs about 3 ns if an edge is ahead, 6 ns if it is seconds away, 12 ns if it is
  // less than 0.2 s away.
  State Current() {
    if (has_edge() && MayHaveChanged()) [[unlikely]]
      Update(MonotonicNs());
    return state_;
  }

  // The part of the time from `begin_ns` to `end_ns` that is in the window.
  int64_t NsInside(int64_t begin_ns, int64_t end_ns) const;

  // Opens a window that waits for a call (--start-at), from `open_ns` on.
  void OpenAt(int64_t open_ns);

 private:
  enum class Clock : uint8_t { kNone, kSecond, kCoarse, kCounter };
  // Much longer than the delay of the coarse clock. A longer delay would make the edge late.
  static constexpr int64_t kFarNs = 200'000'000;
  // The second changes at least this often, even if the wall clock is set back meanwhile.
  static constexpr int64_t kVeryFarNs = 4'000'000'000;

  bool MayHaveChanged() const {
    if (watched_clock_ == Clock::kSecond) [[likely]]
      return time(nullptr) != second_;
    return watched_clock_ == Clock::kCoarse
               ? CoarseMonotonicNs() >= next_update_ns_
               : ReadCounter(calibration_.counter) >= next_update_ticks_;
  }
  void Update(int64_t now_ns);
  int64_t CloseNs() const;

  Calibration calibration_;
  int64_t open_ns_;
  int64_t duration_ns_;
  State state_ = State::kBefore;
  Clock watched_clock_ = Clock::kNone;
  time_t second_ = 0;               // of the wall clock
  int64_t next_update_ns_ = 0;      // of the coarse clock
  uint64_t next_update_ticks_ = 0;  // of the counter
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_WINDOW_H_
