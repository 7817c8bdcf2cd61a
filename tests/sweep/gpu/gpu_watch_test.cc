#include "sweep/gpu/gpu_watch.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "gpu_testing.h"

namespace pyslow::gpu {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Clock::time_point At(int ms) { return Clock::time_point(milliseconds(ms)); }

GpuSeries Series() {
  GpuSeries series;
  series.source = "gpm";
  series.shortest_window_seconds = 0.2;
  series.spans = {{At(0), At(1000), 0.5}, {At(1000), At(2000), 1}, {At(2000), At(3000), 0}};
  series.clocks = {
      {At(500), 1000, {}}, {At(1500), 1200, {"heat"}}, {At(2500), 200, {"power limit"}}};
  return series;
}

TEST(UseInTest, WeighsByTheTimeInsideTheWindow) {
  EXPECT_DOUBLE_EQ(UseIn(Series(), At(0), At(3000))->busy, 0.5);
  EXPECT_DOUBLE_EQ(UseIn(Series(), At(500), At(2000))->busy, (0.5 * 0.5 + 1) / 1.5);
}

// An idle GPU lowers its clock, which says nothing.
TEST(UseInTest, HasTheClockOfTheTimeInWhichTheGpuWorked) {
  const auto use = UseIn(Series(), At(0), At(3000));
  EXPECT_DOUBLE_EQ(use->clock_mhz.value(), 1100);
  EXPECT_THAT(use->throttled, ElementsAre(Pair("heat", 0.5)));
}

TEST(UseInTest, IsUnknownWithoutEnoughSamples) {
  EXPECT_FALSE(UseIn(Series(), At(0), At(150)).has_value());  // shorter than the source resolves
  EXPECT_FALSE(UseIn(Series(), At(2000), At(4000)).has_value());  // half of it
  EXPECT_FALSE(UseIn(GpuSeries(), At(0), At(1000)).has_value());
}

class GpuWatchTest : public GpuTest {
 protected:
  std::vector<GpuSeries> Watch(milliseconds time) {
    GpuWatch watch(*FindDevices({}, {}, places_));
    begin_ = Clock::now();
    watch.Begin();
    std::this_thread::sleep_for(time);
    end_ = Clock::now();
    return watch.End();
  }
  Clock::time_point begin_;
  Clock::time_point end_;
};

TEST_F(GpuWatchTest, MeasuresEachGpuInItsTime) {
  WriteScript(
      "device A\nbusy 0:0.25\nclock 0:1980\npids 12 13\n"
      "device B\nbusy 0:0.75\nreasons 0:0x44\n");
  const auto series = Watch(milliseconds(600));
  ASSERT_EQ(series.size(), 2U);
  const auto first = UseIn(series[0], begin_, end_);
  const auto second = UseIn(series[1], begin_, end_);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_NEAR(first->busy, 0.25, 0.001);
  EXPECT_DOUBLE_EQ(first->clock_mhz.value(), 1980);
  EXPECT_THAT(first->throttled, IsEmpty());
  EXPECT_THAT(*series[0].processes, ElementsAre(12, 13));
  EXPECT_NEAR(second->busy, 0.75, 0.001);
  EXPECT_THAT(second->throttled, ElementsAre(Pair("heat", 1), Pair("power limit", 1)));
}

TEST_F(GpuWatchTest, MeasuresByTheSamplesOfAnOldDriver) {
  places_.nvml = FAKE_NVML_OLD;
  WriteScript("device A\nbusy 0:0.5\n");
  const auto series = Watch(milliseconds(1300));
  const auto use = UseIn(series[0], begin_, end_);
  ASSERT_TRUE(use.has_value());
  EXPECT_EQ(use->source, "samples");
  EXPECT_NEAR(use->busy, 0.5, 0.02);
}

TEST_F(GpuWatchTest, FollowsTheWorkOverTime) {
  WriteScript("device A\nbusy 0:0 0.4:1\n");
  const auto series = Watch(milliseconds(1000));
  EXPECT_LT(UseIn(series[0], begin_, begin_ + milliseconds(300))->busy, 0.6);
  EXPECT_GT(UseIn(series[0], end_ - milliseconds(300), end_)->busy, 0.9);
}

// The end of a trial, in which the GPU idles, counts.
TEST_F(GpuWatchTest, MeasuresToTheEndOfTheWindow) {
  WriteScript("device A\nbusy 0:0.5\n");
  const auto series = Watch(milliseconds(350));
  ASSERT_FALSE(series[0].spans.empty());
  EXPECT_GE(series[0].spans.back().end, end_);
  for (size_t i = 1; i < series[0].spans.size(); ++i) {
    EXPECT_EQ(series[0].spans[i].begin, series[0].spans[i - 1].end);
  }
  EXPECT_NEAR(UseIn(series[0], begin_, end_)->busy, 0.5, 0.001);
}

TEST_F(GpuWatchTest, KeepsNothingOfAnIntervalBefore) {
  WriteScript("device A\nbusy 0:1\n");
  GpuWatch watch(*FindDevices({}, {}, places_));
  EXPECT_THAT(watch.End(), IsEmpty());
  watch.Begin();
  std::this_thread::sleep_for(milliseconds(250));
  watch.Begin();
  const Clock::time_point second = Clock::now();
  const auto series = watch.End();
  ASSERT_EQ(series.size(), 1U);
  for (const BusySpan& span : series[0].spans) EXPECT_GE(span.end, second);
  EXPECT_THAT(watch.End(), IsEmpty());
}

TEST_F(GpuWatchTest, DoesNothingWithoutAGpu) {
  places_.nvml = "libno-such-nvml.so.1";
  GpuWatch watch(*FindDevices({}, {}, places_));
  EXPECT_FALSE(watch.has_devices());
  watch.Begin();
  EXPECT_THAT(watch.End(), IsEmpty());
}

// The sweep waits for signals on its own thread.
TEST_F(GpuWatchTest, ItsThreadTakesNoSignal) {
  WriteScript("device A\nbusy 0:1\n");
  GpuWatch watch(*FindDevices({}, {}, places_));
  watch.Begin();
  sigset_t pending;
  sigset_t usr1;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &usr1, nullptr);
  kill(getpid(), SIGUSR1);  // would end the process if the other thread took it
  std::this_thread::sleep_for(milliseconds(50));
  sigpending(&pending);
  EXPECT_TRUE(sigismember(&pending, SIGUSR1));
  int signal = 0;
  sigwait(&usr1, &signal);
  pthread_sigmask(SIG_UNBLOCK, &usr1, nullptr);
}

}  // namespace
}  // namespace pyslow::gpu
