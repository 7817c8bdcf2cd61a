// A GPU whose activity can be sampled from outside of the process that uses it.
#ifndef PYSLOW_SWEEP_GPU_GPU_DEVICE_H_
#define PYSLOW_SWEEP_GPU_GPU_DEVICE_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pyslow::gpu {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, as in session records

// A time for which the busy share is known.
struct BusySpan {
  Clock::time_point begin;
  Clock::time_point end;
  double busy = 0;  // 0 to 1
};

// Clock and its limits at one time. Empty members: the driver does not show them.
struct ClockReading {
  Clock::time_point time;
  std::optional<double> mhz;
  std::set<std::string> reasons;  // why the GPU lowers its clock: "heat", "power limit" …
};

// Not thread-safe; may be used by several threads one after the other.
class GpuDevice {
 public:
  virtual ~GpuDevice() = default;

  virtual int index() const = 0;  // as nvidia-smi counts; AMD's follow
  virtual const std::string& name() const = 0;
  // "gpm", "samples", "utilization" or "sysfs".
  virtual const char* source() const = 0;
  // The shortest window, in seconds, of which the source gives a mean.
  virtual double shortest_window_seconds() const = 0;

  // Discards what the driver measured so far.
  virtual void Begin() = 0;
  // Appends what the driver measured since Begin or the last call. A failure appends nothing.
  virtual void ReadBusy(std::vector<BusySpan>* spans) = 0;
  virtual ClockReading ReadClock() = 0;
  // The processes that compute on the GPU, in the PID namespace of the driver. nullopt: unknown.
  virtual std::optional<std::set<pid_t>> ReadProcesses() = 0;
};

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_GPU_DEVICE_H_
