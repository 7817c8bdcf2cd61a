#include "sweep/gpu/gpu_watch.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "base/posix_clock.h"

namespace pyslow::gpu {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kMinPause{100};
constexpr milliseconds kMaxPause{1000};
constexpr int kPausePerCost = 100;
constexpr int kSamplesPerProcesses = 5;
constexpr double kMinCovered = 0.7;

double SecondsOf(Clock::duration time) { return duration<double>(time).count(); }

// The busy share of the span around `time`; 0 if there is none.
double BusyAt(const std::vector<BusySpan>& spans, Clock::time_point time) {
  const auto after = std::lower_bound(
      spans.begin(), spans.end(), time,
      [](const BusySpan& span, Clock::time_point point) { return span.end < point; });
  return after == spans.end() || after->begin > time ? 0 : after->busy;
}

// Clocks and reasons. An idle GPU lowers its clock, so readings while it worked come first.
void AddClocks(const GpuSeries& series, Clock::time_point begin, Clock::time_point end,
               model::GpuUse* use) {
  std::vector<const ClockReading*> inside;
  std::vector<const ClockReading*> working;
  for (const ClockReading& reading : series.clocks) {
    if (reading.time < begin || reading.time > end) continue;
    inside.push_back(&reading);
    if (BusyAt(series.spans, reading.time) > 0) working.push_back(&reading);
  }
  const auto& readings = working.empty() ? inside : working;
  double sum = 0;
  double count = 0;
  for (const ClockReading* const reading : readings) {
    for (const std::string& reason : reading->reasons) ++use->throttled[reason];
    if (!reading->mhz.has_value()) continue;
    sum += *reading->mhz;
    ++count;
  }
  for (auto& [reason, share] : use->throttled) share /= static_cast<double>(readings.size());
  if (count > 0) use->clock_mhz = sum / count;
}

}  // namespace

std::optional<model::GpuUse> UseIn(const GpuSeries& series, Clock::time_point begin,
                                   Clock::time_point end) {
  const double seconds = SecondsOf(end - begin);
  if (seconds < series.shortest_window_seconds) return std::nullopt;
  double covered = 0;
  double busy = 0;
  for (const BusySpan& span : series.spans) {
    const double overlap =
        std::max(0.0, SecondsOf(std::min(span.end, end) - std::max(span.begin, begin)));
    covered += overlap;
    busy += overlap * span.busy;
  }
  if (covered < kMinCovered * seconds) return std::nullopt;
  model::GpuUse use;
  use.index = series.index;
  use.name = series.name;
  use.source = series.source;
  use.busy = busy / covered;
  AddClocks(series, begin, end, &use);
  return use;
}

void GpuWatch::Begin() {
  if (!has_devices()) return;
  Stop();
  series_.clear();
  for (const auto& device : found_.devices) {
    GpuSeries& series = series_.emplace_back();
    series.index = device->index();
    series.name = device->name();
    series.source = device->source();
    series.shortest_window_seconds = device->shortest_window_seconds();
    device->Begin();
  }
  is_stopping_ = false;
  // Signals are for the thread that waits for them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { Run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::vector<GpuSeries> GpuWatch::End() {
  if (!thread_.joinable()) return {};
  Stop();
  return std::exchange(series_, {});
}

void GpuWatch::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_stopping_ = true;
  }
  wakeup_.notify_all();
  thread_.join();
}

void GpuWatch::Run() {
  nanoseconds pause = kMinPause;
  for (int count = 0;; ++count) {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool is_last = wakeup_.wait_for(lock, pause, [this] { return is_stopping_; });
    lock.unlock();
    const int64_t started_ns = ThreadNs();
    Sample(is_last || count % kSamplesPerProcesses == 0);
    if (is_last) return;
    const nanoseconds cost(ThreadNs() - started_ns);
    pause = std::clamp<nanoseconds>(cost * kPausePerCost, kMinPause, kMaxPause);
  }
}

void GpuWatch::Sample(bool with_processes) {
  for (size_t i = 0; i < found_.devices.size(); ++i) {
    GpuDevice& device = *found_.devices[i];
    GpuSeries& series = series_[i];
    device.ReadBusy(&series.spans);
    series.clocks.push_back(device.ReadClock());
    if (!with_processes) continue;
    if (const std::optional<std::set<pid_t>> now = device.ReadProcesses()) {
      if (!series.processes.has_value()) series.processes.emplace();
      series.processes->insert(now->begin(), now->end());
    }
  }
}

}  // namespace pyslow::gpu
