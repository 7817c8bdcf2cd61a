// The clock for delays: a counter of the processor if its rate is constant on all cores and at all
// core frequencies, otherwise CLOCK_MONOTONIC. All functions may be called from any thread.
#ifndef PYSLOW_CORE_CLOCK_H_
#define PYSLOW_CORE_CLOCK_H_

#include <cmath>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "base/posix_clock.h"

namespace pyslow::core {

enum class Counter : uint8_t {
  kProcessor,  // x86-64: the time stamp counter, if CPUID says it is invariant; arm64: CNTVCT_EL0
  kMonotonic,  // CLOCK_MONOTONIC: one tick is one nanosecond
};

// The counter to use on this processor.
Counter BestCounter();

// CLOCK_MONOTONIC at the kernel's last timer tick: 1 to 10 ms old, older if the processor that
// updates it was busy. Costs about half of a counter reading if the vDSO is mapped.
inline int64_t CoarseMonotonicNs() { return ClockNs(CLOCK_MONOTONIC_COARSE); }

inline uint64_t ReadCounter(Counter counter) {
  if (counter == Counter::kProcessor) [[likely]] {
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#endif
  }
  return static_cast<uint64_t>(MonotonicNs());
}

// Waits until all earlier instructions have finished. Without it, an out-of-order processor may
// read a counter hundreds of instructions early.
inline void AwaitEarlierWork() {
#if defined(__x86_64__)
  _mm_lfence();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

// Both clocks at the same instant. Two readings, some time apart, give the counter's rate.
struct ClockReading {
  uint64_t ticks = 0;
  int64_t raw_ns = 0;  // CLOCK_MONOTONIC_RAW: not adjusted by NTP
};
// The most precise of several readings. Takes about a microsecond.
ClockReading ReadClocks(Counter counter);

// The relation between a counter's ticks and time.
struct Calibration {
  Counter counter = Counter::kMonotonic;
  double ns_per_tick = 1;
  // Interval at which a long delay checks for signals: 10 ms.
  uint64_t slice_ticks = 10'000'000;
  // 100 us. A longer delay gives the GIL up on request.
  uint64_t long_delay_ticks = 100'000;
  // Whether CoarseMonotonicNs costs less than reading the counter.
  bool coarse_is_cheaper = false;
  // The smallest difference between two delays that can be delivered: one step of the spin loop.
  double resolution_ns = 1;

  uint64_t TicksOf(int64_t ns) const {
    return static_cast<uint64_t>(std::llround(static_cast<double>(ns) / ns_per_tick));
  }
};

// Calibrates against `start`, a reading taken when the process started. Waits until `start` is at
// least 150 µs old, which limits the error of the rate to about 0.03%; usually the start of the
// interpreter lies between the two, and the error is 0.001%. Takes less than 200 µs.
Calibration Calibrate(Counter counter, const ClockReading& start);

// Spins until `ticks` have passed since `start`. Returns the ticks that have passed: more than
// `ticks` if the thread was preempted.
inline uint64_t SpinTicks(Counter counter, uint64_t start, uint64_t ticks) {
  uint64_t spent;
  do {
    spent = ReadCounter(counter) - start;
  } while (spent < ticks);
  return spent;
}

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CLOCK_H_
