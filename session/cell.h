// A group's cell: its delay and its frequency in one word, so that a change is never seen half
// made.
#ifndef PYSLOW_SESSION_CELL_H_
#define PYSLOW_SESSION_CELL_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace pyslow::session {

inline constexpr int64_t kMaxDelayNs = 10'000'000'000;  // 10 s
inline constexpr uint32_t kMaxFrequency = (1U << 30) - 1;

struct Cell {
  int64_t delay_ns = 0;  // per delayed call, 0 … kMaxDelayNs; 0 is the control
  uint32_t frequency =
      1;  // every Nth call of each function, 1 … kMaxFrequency; 0: the group is off
  friend bool operator==(const Cell&, const Cell&) = default;
};

// A word that no cell ever holds. Whoever compares a cell with the word it last saw starts from
// this one, and goes back to it after a fork (see Recorder::AfterForkInChild).
inline constexpr uint64_t kNoCell = ~uint64_t{0};

// The word for `cell`; what is out of range is brought to the nearest allowed value.
constexpr uint64_t PackCell(const Cell& cell) {
  const auto delay = static_cast<uint64_t>(std::clamp<int64_t>(cell.delay_ns, 0, kMaxDelayNs));
  return delay << 30 | std::min(cell.frequency, kMaxFrequency);
}

// The cell of any word, a foreign or damaged one too: always within range.
constexpr Cell UnpackCell(uint64_t word) {
  return {std::min(static_cast<int64_t>(word >> 30), kMaxDelayNs),
          static_cast<uint32_t>(word & kMaxFrequency)};
}

static_assert(sizeof(std::atomic<uint64_t>) == 8 && std::atomic<uint64_t>::is_always_lock_free);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_CELL_H_
