// What is counted of one function in one process, incremented in place on the path of a call.
#ifndef PYSLOW_SESSION_COUNTERS_H_
#define PYSLOW_SESSION_COUNTERS_H_

#include <atomic>
#include <cstdint>

namespace pyslow::session {

// Written by one thread at a time, the holder of the GIL, and read by anyone at any time, so no
// increment needs a locked instruction. A struct lies within one cache line.
struct FunctionCounters {
  std::atomic<uint64_t> calls;          // in the window
  std::atomic<uint64_t> calls_outside;  // before the window opened or after it closed
  std::atomic<uint64_t> delayed;        // of `calls`
  std::atomic<uint64_t> asked_ns;       // the delays in force at the delayed calls, summed
  std::atomic<uint64_t> spun_ticks;     // really spent in delay loops; the record has ns_per_tick
  std::atomic<uint64_t> own_ns;         // processor time of its own frames, where that is measured
};
static_assert(sizeof(FunctionCounters) == 48);

// counter += amount, for the one thread that may write.
inline void Add(std::atomic<uint64_t>& counter, uint64_t amount) {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_COUNTERS_H_
