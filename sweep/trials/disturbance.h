// Detects disturbed measurements: the time that the measured processes were runnable but not
// running, and what else the machine, its host and its quotas did meanwhile.
#ifndef PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_
#define PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/proc_stat.h"
#include "sweep/gpu/gpu_watch.h"
#include "sweep/trials/proc_files.h"
#include "sweep/trials/process_times.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

// Observations over an interval. The first fields are those of Trial.
struct Disturbance {
  std::optional<double> core_wait;
  std::optional<double> other_load;
  std::optional<double> stolen_load;
  std::optional<double> processor_mhz;
  std::optional<double> throttled;
  std::optional<uint64_t> overheated;
  // Processes of the program that used a processor, by pid. `run_ns` is that of the interval.
  std::map<pid_t, ProgramTime> programs;
  int64_t unseen_program_ns = 0;  // of further ones, which ended before a sample found them
  // Likewise, Pythons that are not watched and used at least 1% of a processor, without those of
  // LeaveOutBusyPythons.
  std::map<pid_t, ProgramTime> outside;
  double seconds = 0;                // the length of the interval
  std::vector<gpu::GpuSeries> gpus;  // see WatchGpus
};

// Samples the times of given processes, of their descendants and of their process groups; see
// ProcessTimes. Every child of this process counts as the program's as soon as it is reaped, also
// one that is not watched. If the caller sleeps between samples as long as Sample returns, sampling
// uses at most 0.5% of a core. Not thread-safe.
class DisturbanceWatch {
 public:
  // `proc`, `sys` and `own` replace /proc, /sys and the times of this process in tests.
  explicit DisturbanceWatch(std::string proc = "/proc", std::string sys = "/sys",
                            OwnTimes (*own)() = ReadOwnTimes)
      : proc_(std::move(proc)), sys_(std::move(sys)), times_(proc_, own) {}

  // Watches `pid`, a child of this process, its descendants and its process group from now on.
  // `is_program`: they are part of the measured program; not a load, for instance.
  void Add(pid_t pid, bool is_program = true) { times_.Add(pid, is_program); }
  // Samples these GPUs too, from Begin to End. `gpus` is not owned; null: none.
  void WatchGpus(gpu::GpuWatch* gpus) { gpus_ = gpus; }
  // Takes a sample and returns the time to wait until the next one.
  std::chrono::nanoseconds Sample();

  // The sum over all processes observed so far, since each one's start.
  const SchedulerTimes& sum() const { return times_.sum(); }

  // Begin an interval, and return the observations since Begin. Both take a sample.
  void Begin();
  Disturbance End();

 private:
  using Clock = std::chrono::steady_clock;
  struct Reading {
    Clock::time_point time;
    SchedulerTimes times;
    std::optional<ProcessorTimes> processors;
    std::map<std::string, double> quota_stops;
    std::optional<uint64_t> overheated;
    std::map<pid_t, ProgramTime> programs;
    int64_t unseen_program_ns;
    std::map<pid_t, ProcessStat> others;
  };

  std::map<pid_t, ProcessStat> ReadOthers() const;
  // Disturbance::outside, `seconds` after the first reading.
  std::map<pid_t, ProgramTime> OutsidePythons(const Reading& end, double seconds) const;
  void SampleFrequency(Clock::time_point now);
  Reading Read();

  const std::string proc_;
  const std::string sys_;
  ProcessTimes times_;
  Reading begin_;
  Clock::time_point next_frequency_;
  double mhz_sum_ = 0;
  int mhz_samples_ = 0;
  gpu::GpuWatch* gpus_ = nullptr;
};

// Watches all processes for 200 ms. Pythons that use half of a processor now, before the first
// trial, do not work for the program under study: no watch of this process shows them as outside
// from now on. Not thread-safe.
void LeaveOutBusyPythons();

// Whether other processes or machines kept the processes of a trial off the cores for more than 1%
// of its time, so that a delay takes longer than requested.
bool WaitedForOthers(const Trial& trial);
// Whether a CPU quota stopped the processes of a trial for more than 1% of its time.
bool WasThrottled(const Trial& trial);
// Either of them.
bool IsDisturbed(const Trial& trial);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_
