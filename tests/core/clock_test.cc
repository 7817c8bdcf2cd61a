#include "core/clock.h"

#include <gtest/gtest.h>

namespace pyslow::core {
namespace {

class ClockTest : public ::testing::TestWithParam<Counter> {};

// The time between two readings of CLOCK_MONOTONIC is at least as long as the spin between them, on
// a busy machine too.
TEST_P(ClockTest, SpinsAtLeastTheRequestedTime) {
  const Calibration calibration = Calibrate(GetParam(), ReadClocks(GetParam()));
  constexpr int64_t kNs = 2'000'000;
  for (int i = 0; i < 20; ++i) {
    const int64_t begin = MonotonicNs();
    SpinTicks(calibration.counter, ReadCounter(calibration.counter), calibration.TicksOf(kNs));
    EXPECT_GE(MonotonicNs() - begin, kNs * 999 / 1000);
  }
}

TEST_P(ClockTest, MeasuresTheRateOfTheCounter) {
  const ClockReading start = ReadClocks(GetParam());
  const Calibration calibration = Calibrate(GetParam(), start);
  // A calibration over a hundred times the time agrees within 0.1%.
  const int64_t begin = MonotonicNs();
  while (MonotonicNs() - begin < 20'000'000) {
  }
  const Calibration longer = Calibrate(GetParam(), start);
  EXPECT_NEAR(calibration.ns_per_tick / longer.ns_per_tick, 1, 1e-3);
}

TEST_P(ClockTest, HasAResolutionBelowTenMicroseconds) {
  const Calibration calibration = Calibrate(GetParam(), ReadClocks(GetParam()));
  EXPECT_GT(calibration.resolution_ns, 0);
  EXPECT_LT(calibration.resolution_ns, 10'000);
}

INSTANTIATE_TEST_SUITE_P(Counters, ClockTest, ::testing::Values(BestCounter(), Counter::kMonotonic),
                         [](const auto& info) {
                           return std::string(info.index == 0 ? "Best" : "Monotonic");
                         });

}  // namespace
}  // namespace pyslow::core
