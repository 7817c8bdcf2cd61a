// The system's clocks in nanoseconds. Any thread; no function here fails.
#ifndef PYSLOW_BASE_POSIX_CLOCK_H_
#define PYSLOW_BASE_POSIX_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace pyslow {

inline int64_t ClockNs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Time since an arbitrary moment before boot. Never set back.
inline int64_t MonotonicNs() { return ClockNs(CLOCK_MONOTONIC); }

// Time since 1970-01-01 UTC.
inline int64_t WallNs() { return ClockNs(CLOCK_REALTIME); }

// Processor time of the calling thread. Unlike wall time, it does not grow if the thread waits for
// a core, just when samples matter.
inline int64_t ThreadNs() { return ClockNs(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace pyslow

#endif  // PYSLOW_BASE_POSIX_CLOCK_H_
