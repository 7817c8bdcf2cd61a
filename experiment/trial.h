// One trial: what it measured, and who can run it.
#ifndef PYSLOW_EXPERIMENT_TRIAL_H_
#define PYSLOW_EXPERIMENT_TRIAL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "experiment/plan.h"

namespace pyslow::experiment {

// What pyslow counted, summed over the targets and over all processes of a trial.
struct TrialCounts {
  uint64_t calls = 0;    // of matched functions, in the window
  uint64_t delayed = 0;  // of these
  uint64_t asked_ns = 0;
  double spun_ns = 0;  // really spent in delays
  friend bool operator==(const TrialCounts&, const TrialCounts&) = default;
};

// What a session's directory tells of its processes.
struct SessionReading {
  // nullopt: a process ran uncounted, or a function was not counted for want of space, so that the
  // sums would be too small.
  std::optional<TrialCounts> counts;
  // From the session's start, which windows are counted from, to the end of its last process;
  // nullopt: one did not end in an orderly way.
  std::optional<double> life_seconds;
};

struct Trial {
  int index = 0;
  int block = 0;
  int64_t delay_ns = 0;
  double wall_seconds = 0;
  double window_seconds = 0;    // of these, while calls could be delayed
  double seconds_per_unit = 0;  // T
  // Of wall_seconds, runnable without a core, in the first thread; nullopt: it could not be read.
  std::optional<double> core_wait_seconds;
  std::optional<TrialCounts> counts;  // nullopt: they could not be read
  friend bool operator==(const Trial&, const Trial&) = default;
};

struct TrialOutcome {
  enum class Kind { kMeasured, kFailed, kInterrupted };
  Kind kind = Kind::kFailed;
  Trial trial;         // kMeasured
  std::string why;     // kFailed: reads on after "trial 3 of 32: "
  std::string output;  // kFailed: the end of what the command printed
  int signal = 0;      // kInterrupted: by which
};

// The only part of a sweep that touches the world; tests put a simulated workload in its place.
class TrialRunner {
 public:
  virtual ~TrialRunner() = default;
  virtual TrialOutcome Run(const PlannedTrial& planned) = 0;
};

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_TRIAL_H_
