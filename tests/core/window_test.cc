#include "core/window.h"

#include <gtest/gtest.h>

namespace pyslow::core {
namespace {

constexpr int64_t kMs = 1'000'000;

Calibration Calibrated() {
  const Counter counter = BestCounter();
  return Calibrate(counter, ReadClocks(counter));
}

void SpinUntil(int64_t monotonic_ns) {
  while (MonotonicNs() < monotonic_ns) {
  }
}

TEST(Window, WithoutEdgesStaysOpenAndReadsNoClock) {
  Window window(Calibrated(), MonotonicNs() - 1, 0);
  EXPECT_EQ(window.Current(), Window::State::kOpen);
  EXPECT_FALSE(window.has_edge());
}

TEST(Window, OpensAndClosesOnTime) {
  const int64_t open = MonotonicNs() + 20 * kMs;
  Window window(Calibrated(), open, 20 * kMs);
  // Never early, whatever the error of the counter's rate.
  while (window.Current() == Window::State::kBefore) {
  }
  EXPECT_GE(MonotonicNs(), open);
  EXPECT_TRUE(window.has_edge());
  while (window.Current() == Window::State::kOpen) {
  }
  EXPECT_GE(MonotonicNs(), open + 20 * kMs);
  EXPECT_EQ(window.Current(), Window::State::kAfter);
  EXPECT_FALSE(window.has_edge());
}

TEST(Window, OpensOnTimeWithTheCoarseClock) {
  for (const bool coarse : {false, true}) {
    Calibration calibration = Calibrated();
    calibration.coarse_is_cheaper = coarse;
    const int64_t open = MonotonicNs() + 300 * kMs;
    Window window(calibration, open, 0);
    // On a busy machine the coarse clock may be several timer ticks old.
    while (window.Current() == Window::State::kBefore && MonotonicNs() < open + 100 * kMs) {
    }
    EXPECT_GE(MonotonicNs(), open);
    // The largest error of the rate delays the last update slightly.
    SpinUntil(open + kMs);
    EXPECT_EQ(window.Current(), Window::State::kOpen);
  }
}

TEST(Window, OpensOnTimeIfItsEdgeIsSecondsAway) {
  Calibration calibration = Calibrated();
  calibration.coarse_is_cheaper = true;
  const int64_t open = MonotonicNs() + 4'300 * kMs;
  Window window(calibration, open, 0);
  while (window.Current() == Window::State::kBefore && MonotonicNs() < open + 100 * kMs) {
  }
  EXPECT_GE(MonotonicNs(), open);
  SpinUntil(open + kMs);
  EXPECT_EQ(window.Current(), Window::State::kOpen);
}

TEST(Window, OpensOnTimeWithAWrongRate) {
  Calibration wrong = Calibrated();
  wrong.ns_per_tick *= 2;  // the counter seems slow: updates come too early, and none is missed
  const int64_t open = MonotonicNs() + 20 * kMs;
  Window window(wrong, open, 0);
  while (window.Current() == Window::State::kBefore) {
  }
  EXPECT_GE(MonotonicNs(), open);
}

TEST(Window, IsOverIfItEndedBeforeTheProcessStarted) {
  Window window(Calibrated(), MonotonicNs() - 10 * kMs, 5 * kMs);
  EXPECT_EQ(window.Current(), Window::State::kAfter);
}

TEST(Window, OpensByACall) {
  Window window(Calibrated(), Window::kNever, 10 * kMs);
  EXPECT_EQ(window.Current(), Window::State::kBefore);
  EXPECT_FALSE(window.has_edge());
  const int64_t opened = MonotonicNs();
  window.OpenAt(opened);
  EXPECT_NE(window.state(), Window::State::kBefore);
  SpinUntil(opened + 10 * kMs);
  EXPECT_EQ(window.Current(), Window::State::kAfter);
}

TEST(Window, DoesNotOverflow) {
  Window window(Calibrated(), MonotonicNs(), Window::kNever - 1);
  EXPECT_EQ(window.Current(), Window::State::kOpen);
}

}  // namespace
}  // namespace pyslow::core
