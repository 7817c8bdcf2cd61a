// Reads from /proc and /sys how long threads and processors ran, and the processor frequency.
#ifndef PYSLOW_SWEEP_TRIALS_PROC_FILES_H_
#define PYSLOW_SWEEP_TRIALS_PROC_FILES_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace pyslow::trials {

// A thread's time on a core, and runnable without one.
struct SchedulerTimes {
  int64_t run_ns = 0;
  int64_t wait_ns = 0;
};
std::optional<SchedulerTimes> ReadSchedulerTimes(const std::string& proc, pid_t pid, pid_t thread);

// All processors' time since boot, summed.
struct ProcessorTimes {
  double busy_seconds = 0;
  double stolen_seconds = 0;  // by other machines of the same host
};
std::optional<ProcessorTimes> ReadProcessorTimes(const std::string& proc);

// The mean of the processors' current frequencies. `sys`: the path of /sys. nullopt: the kernel
// does not report them.
std::optional<double> ReadProcessorMhz(const std::string& sys);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PROC_FILES_H_
