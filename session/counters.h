// The counters of one function in one process, in the process's record.
#ifndef PYSLOW_SESSION_COUNTERS_H_
#define PYSLOW_SESSION_COUNTERS_H_

#include <atomic>
#include <cstdint>

namespace pyslow::session {

// The thread that holds the GIL writes, or without a GIL the thread that the counters belong to;
// other processes read the record's file at any time. With a single writer, an increment needs no
// locked instruction. A record aligns each struct to a cache line.
struct FunctionCounters {
  std::atomic<uint64_t> calls;          // in the window
  std::atomic<uint64_t> calls_outside;  // before the window opened or after it closed
  std::atomic<uint64_t> delayed;        // of `calls`
  std::atomic<uint64_t> asked_ns;       // sum of the delays requested for the delayed calls
  std::atomic<uint64_t> spun_ticks;     // measured in delay loops; RecordFixed has ns_per_tick
  std::atomic<uint64_t> own_ns;         // own time; 0 if it is not measured
  std::atomic<uint64_t> resumed;        // of `calls`: resumptions of generators and coroutines
};
static_assert(sizeof(FunctionCounters) == 56);

// counter += amount. Only for the thread that may write.
inline void Add(std::atomic<uint64_t>& counter, uint64_t amount) {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_COUNTERS_H_
