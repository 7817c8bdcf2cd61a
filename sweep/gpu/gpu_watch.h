// Samples GPUs on a thread while a trial runs.
#ifndef PYSLOW_SWEEP_GPU_GPU_WATCH_H_
#define PYSLOW_SWEEP_GPU_GPU_WATCH_H_

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "sweep/gpu/find_devices.h"
#include "sweep/gpu/gpu_device.h"
#include "sweep/model/gpu.h"

namespace pyslow::gpu {

// What was sampled of one GPU between Begin and End.
struct GpuSeries {
  int index = 0;
  std::string name;
  std::string source;
  double shortest_window_seconds = 0;
  std::vector<BusySpan> spans;  // ascending
  std::vector<ClockReading> clocks;
  std::optional<std::set<pid_t>> processes;  // seen in any sample
};

// Means over [begin, end]. GpuUse::seconds_per_unit and is_shared are left. nullopt: the window is
// shorter than the source resolves, or less than 70% of it was sampled.
std::optional<model::GpuUse> UseIn(const GpuSeries& series, Clock::time_point begin,
                                   Clock::time_point end);

// Sampling uses about 1% of a core, unless a sample takes more than 10 ms. Not thread-safe: the
// thread that it starts is its own.
class GpuWatch {
 public:
  explicit GpuWatch(Found found) : found_(std::move(found)) {}
  GpuWatch(const GpuWatch&) = delete;
  GpuWatch& operator=(const GpuWatch&) = delete;
  ~GpuWatch() { Stop(); }

  // Without devices, Begin and End do nothing.
  bool has_devices() const { return !found_.devices.empty(); }

  // Begins an interval; one that was not ended is discarded.
  void Begin();
  // What was sampled since Begin, by device.
  std::vector<GpuSeries> End();

 private:
  void Stop();
  void Run();
  void Sample(bool with_processes);

  Found found_;
  std::vector<GpuSeries> series_;  // of the thread while it runs
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  bool is_stopping_ = false;  // guarded by mutex_
};

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_GPU_WATCH_H_
