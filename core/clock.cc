#include "core/clock.h"

#include <algorithm>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace pyslow::core {
namespace {

int64_t RawNs() { return ClockNs(CLOCK_MONOTONIC_RAW); }

// Duration of 16 calls of `read` in ticks: the minimum of several rounds, since interrupts only add
// time.
template <typename Read>
uint64_t TicksOf16(Counter counter, Read read) {
  uint64_t shortest = UINT64_MAX;
  for (int round = 0; round < 4; ++round) {
    const uint64_t begin = ReadCounter(counter);
    for (int i = 0; i < 16; ++i) read();
    shortest = std::min(shortest, ReadCounter(counter) - begin);
  }
  return shortest;
}

}  // namespace

Counter BestCounter() {
#if defined(__x86_64__)
  // Intel SDM 17.17.1, AMD APM 13.2.4: CPUID 80000007H, EDX bit 8, the invariant TSC.
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kInvariantTsc = 1U << 8;
  if (__get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) != 0 && (edx & kInvariantTsc) != 0) {
    return Counter::kProcessor;
  }
  return Counter::kMonotonic;
#elif defined(__aarch64__)
  return Counter::kProcessor;
#else
  return Counter::kMonotonic;
#endif
}

ClockReading ReadClocks(Counter counter) {
  ClockReading best;
  uint64_t narrowest = UINT64_MAX;
  for (int i = 0; i < 8; ++i) {
    const uint64_t before = ReadCounter(counter);
    const int64_t raw_ns = RawNs();
    const uint64_t after = ReadCounter(counter);
    if (after - before < narrowest) {
      narrowest = after - before;
      best = {before + (after - before) / 2, raw_ns};
    }
  }
  return best;
}

Calibration Calibrate(Counter counter, const ClockReading& start) {
  constexpr int64_t kMinNs = 150'000;
  Calibration calibration;
  calibration.counter = counter;
  if (counter == Counter::kProcessor) {
    while (RawNs() - start.raw_ns < kMinNs) {
    }
    const ClockReading end = ReadClocks(counter);
    calibration.ns_per_tick = static_cast<double>(end.raw_ns - start.raw_ns) /
                              static_cast<double>(end.ticks - start.ticks);
  }
  calibration.slice_ticks = calibration.TicksOf(10'000'000);
  calibration.long_delay_ticks = calibration.TicksOf(100'000);
  uint64_t step = UINT64_MAX;
  for (int i = 0; i < 64; ++i) {
    const uint64_t a = ReadCounter(counter);
    const uint64_t b = ReadCounter(counter);
    if (b > a) step = std::min(step, b - a);
  }
  calibration.resolution_ns = static_cast<double>(step) * calibration.ns_per_tick;
  calibration.coarse_is_cheaper = TicksOf16(counter, CoarseMonotonicNs) <
                                  TicksOf16(
                                      counter, [counter] { return ReadCounter(counter); });
  return calibration;
}

}  // namespace pyslow::core
