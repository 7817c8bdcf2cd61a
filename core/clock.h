// The clock that delays are measured on: a counter of the processor's where it runs at one rate
// whatever the core and its frequency, CLOCK_MONOTONIC elsewhere.
#ifndef PYSLOW_CORE_CLOCK_H_
#define PYSLOW_CORE_CLOCK_H_

#include <time.h>

#include <cmath>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace pyslow::core {

enum class Counter : uint8_t {
  kProcessor,  // x86-64: the time stamp counter, when CPUID calls it invariant; arm64: CNTVCT_EL0
  kMonotonic,  // CLOCK_MONOTONIC, a tick a nanosecond
};

// The counter to use on this processor. PYSLOW has no setting for it.
Counter BestCounter();

inline int64_t ClockNs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline int64_t MonotonicNs() { return ClockNs(CLOCK_MONOTONIC); }

// CLOCK_MONOTONIC as of the kernel's last tick: 1 to 10 ms behind, longer where the processor that
// keeps the time was held up. Where the kernel's page is mapped, about half of what a counter
// takes.
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

// Lets the processor finish all that it has begun before it goes on: it works on hundreds of
// instructions at a time, and a counter is read as one among them.
inline void AwaitEarlierWork() {
#if defined(__x86_64__)
  _mm_lfence();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

// Both clocks at one instant. Read twice, some time apart, they give the counter's rate.
struct ClockReading {
  uint64_t ticks = 0;
  int64_t raw_ns = 0;  // CLOCK_MONOTONIC_RAW: the hardware's rate, which NTP does not bend
};
// The tightest of a few readings; about a microsecond of work.
ClockReading ReadClocks(Counter counter);

// How a counter's ticks relate to time.
struct Calibration {
  Counter counter = Counter::kMonotonic;
  double ns_per_tick = 1;
  // How long a delay goes on before it looks for signals: 10 ms.
  uint64_t slice_ticks = 10'000'000;
  // Whether CoarseMonotonicNs takes less time than the counter.
  bool coarse_is_cheaper = false;
  // The shortest delay that can be told from the next one: the time of one step of the loop.
  double resolution_ns = 1;

  uint64_t TicksOf(int64_t ns) const {
    return static_cast<uint64_t>(std::llround(static_cast<double>(ns) / ns_per_tick));
  }
};

// Calibrates against `start`, a reading taken when the process began. Waits until at least 150 µs
// lie between the two, which bounds the error of the rate at about 0.03%; the interpreter's own
// start usually makes it 0.001%. Takes under 200 µs whatever happens.
Calibration Calibrate(Counter counter, const ClockReading& start);

// Spins for `ticks` and returns the ticks really spent, which are more when the thread was
// preempted. Any thread.
inline uint64_t SpinTicks(Counter counter, uint64_t start, uint64_t ticks) {
  uint64_t spent;
  do {
    spent = ReadCounter(counter) - start;
  } while (spent < ticks);
  return spent;
}

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CLOCK_H_
