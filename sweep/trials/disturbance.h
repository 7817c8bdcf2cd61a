// The witness of a disturbed measurement: time that the processes measured were runnable without a
// core, and what else the machine did meanwhile.
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
#include "sweep/trials/trial.h"

namespace pyslow::trials {

// What it saw of a stretch of time.
struct Disturbance {
  std::optional<double> core_wait;      // see Trial
  std::optional<double> other_load;     // likewise
  std::optional<double> stolen_load;    // likewise
  std::optional<double> processor_mhz;  // likewise
};

// Looks at every thread of some processes, of their descendants and of their process groups, again
// and again. Of a thread that ends between two looks, what it waited since the first of them is not
// seen: a pause or less of each. Of a process that is gone before it was seen, nothing is; one
// whose parent was seen stays watched when that ends. Looking costs at most half a percent of a
// core.
class DisturbanceWatch {
 public:
  // Where /proc and /sys are.
  explicit DisturbanceWatch(std::string proc = "/proc", std::string sys = "/sys")
      : proc_(std::move(proc)), sys_(std::move(sys)) {}

  // A process to watch, from now on.
  void Add(pid_t pid);
  // Looks, and returns the pause until it is worth looking again.
  std::chrono::nanoseconds Look();

  // Of all threads ever seen, since they began.
  const SchedulerTimes& sum() const { return sum_; }

  // Begins the stretch of time that Seen tells of. Both look.
  void Begin();
  Disturbance Seen();

 private:
  using Clock = std::chrono::steady_clock;
  struct Thread {
    SchedulerTimes times;
    uint64_t look = 0;  // when it was seen last
  };
  struct Sums {
    Clock::time_point time;
    SchedulerTimes times;
    std::optional<ProcessorTimes> processors;
  };

  void FindProcesses();
  void AddThreads(pid_t pid);
  void LookAtFrequency(Clock::time_point now);
  Sums Now();

  const std::string proc_;
  const std::string sys_;
  std::set<pid_t> roots_;  // whose process groups are watched too
  std::set<pid_t> watched_;
  std::set<pid_t> others_;                             // looked at, and not to be watched
  std::map<std::pair<pid_t, pid_t>, Thread> threads_;  // by process and thread
  SchedulerTimes sum_;                                 // of all threads ever seen
  bool is_told_ = false;                               // the kernel has a schedstat
  uint64_t looks_ = 0;
  Sums begin_;
  Clock::time_point next_frequency_;
  double mhz_sum_ = 0;
  int mhz_looks_ = 0;
};

// Whether other programs kept the processes of a trial from a core for more than 1% of its time; a
// delay then costs more than it says.
bool IsDisturbed(const Trial& trial);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_DISTURBANCE_H_
