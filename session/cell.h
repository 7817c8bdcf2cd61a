// A group's cell: delay and frequency in one word, so that other threads and processes never see
// half of a change.
#ifndef PYSLOW_SESSION_CELL_H_
#define PYSLOW_SESSION_CELL_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/limits.h"

namespace pyslow::session {

// The low bits of a word hold the frequency, the others the delay.
inline constexpr int kFrequencyBits = 30;
inline constexpr uint64_t kFrequencyMask = (uint64_t{1} << kFrequencyBits) - 1;
static_assert(kMaxFrequency <= kFrequencyMask);

struct Cell {
  int64_t delay_ns = 0;  // per delayed call, 0 … kMaxDelayNs; 0 is the control
  uint32_t frequency =
      1;  // every Nth call of each function, 1 … kMaxFrequency; 0: the group is off
  friend bool operator==(const Cell&, const Cell&) = default;
};

// A word that no valid cell packs to: the initial value for code that compares a cell with the word
// it read last, also after a fork (see Recorder::AfterForkInChild).
inline constexpr uint64_t kNoCell = ~uint64_t{0};

// The word for `cell`. Clamps values out of range.
constexpr uint64_t PackCell(const Cell& cell) {
  const auto delay = static_cast<uint64_t>(std::clamp<int64_t>(cell.delay_ns, 0, kMaxDelayNs));
  return delay << kFrequencyBits | std::min(cell.frequency, kMaxFrequency);
}

// The cell of an arbitrary word, clamped to the valid range.
constexpr Cell UnpackCell(uint64_t word) {
  return {std::min(static_cast<int64_t>(word >> kFrequencyBits), kMaxDelayNs),
          std::min(static_cast<uint32_t>(word & kFrequencyMask), kMaxFrequency)};
}

static_assert(sizeof(std::atomic<uint64_t>) == 8 && std::atomic<uint64_t>::is_always_lock_free);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_CELL_H_
