// Detects disturbed measurements: the time that the measured processes were runnable but not
// running, and the load that other processes and virtual machines put on the machine meanwhile.
#ifndef PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_
#define PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sweep/trials/proc_files.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

// Observations over an interval. The fields are those of Trial.
struct Disturbance {
  std::optional<double> core_wait;
  std::optional<double> other_load;
  std::optional<double> stolen_load;
  std::optional<double> processor_mhz;
};

// Samples the scheduler statistics of all threads of given processes, of their descendants and of
// their process groups. The time between a thread's last sample and its end is not observed, nor is
// a process that starts and ends between two samples. A process stays watched after its parent has
// ended. If the caller sleeps between samples as long as Sample returns, sampling uses at most 0.5%
// of a core. Not thread-safe.
class DisturbanceWatch {
 public:
  // `proc` and `sys` replace /proc and /sys in tests.
  explicit DisturbanceWatch(std::string proc = "/proc", std::string sys = "/sys")
      : proc_(std::move(proc)), sys_(std::move(sys)) {}

  // Watches `pid`, its descendants and its process group from now on.
  void Add(pid_t pid);
  // Takes a sample and returns the time to wait until the next one.
  std::chrono::nanoseconds Sample();

  // The sum over all threads observed so far, since each thread's start.
  const SchedulerTimes& sum() const { return sum_; }

  // Begin an interval, and return the observations since Begin. Both take a sample.
  void Begin();
  Disturbance End();

 private:
  using Clock = std::chrono::steady_clock;
  struct Thread {
    SchedulerTimes times;
    uint64_t last_sample = 0;  // the number of the last sample that found the thread
  };
  struct Sums {
    Clock::time_point time;
    SchedulerTimes times;
    std::optional<ProcessorTimes> processors;
  };

  void FindProcesses();
  void AddThreads(pid_t pid);
  void SampleFrequency(Clock::time_point now);
  Sums Now();

  const std::string proc_;
  const std::string sys_;
  std::set<pid_t> roots_;  // the arguments of Add, whose process groups are watched too
  std::set<pid_t> watched_;
  std::set<pid_t> others_;                             // known not to be watched
  std::map<std::pair<pid_t, pid_t>, Thread> threads_;  // by process and thread
  SchedulerTimes sum_;                                 // of all threads observed
  bool has_schedstat_ = false;  // the kernel has /proc/PID/task/TID/schedstat
  uint64_t samples_ = 0;
  Sums begin_;
  Clock::time_point next_frequency_;
  double mhz_sum_ = 0;
  int mhz_samples_ = 0;
};

// Whether other processes kept the processes of a trial off the cores for more than 1% of its time.
// A delay then takes longer than requested.
bool IsDisturbed(const Trial& trial);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_
