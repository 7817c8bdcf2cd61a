// One trial: what it is to do, what it measured, and who can run it.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/function_id.h"

namespace pyslow::trials {

// What all trials of a part of the sweep have in common: the targets that are instrumented.
struct Setup {
  std::string name;                 // of the part: "count", "groups", "functions"; a file name too
  std::string targets;              // the target file's text
  std::vector<std::string> groups;  // its groups in order, which Treatment::group counts from 0
  std::vector<std::string> chosen = {};  // of these, the instrumented ones; empty: all
  bool own_time = false;                 // measured too: FunctionCounts::own_ns
  friend bool operator==(const Setup&, const Setup&) = default;
};

// A group that is slowed in a trial. Groups without one have delay 0: instrumented, never delayed.
struct Treatment {
  uint32_t group = 0;
  int64_t delay_ns = 0;
  int64_t frequency = 1;
  friend bool operator==(const Treatment&, const Treatment&) = default;
};

struct TrialSpec {
  int index = 0;             // in order of running, from 0, over the whole sweep
  std::string part;          // of which design: "pilot", "global", "groups", "screen", "curves" …
  int block = 0;             // within the part, from 0
  int level = 0;             // within the block: which arm
  int attempt = 0;           // again, after one that was disturbed
  bool instrumented = true;  // false: nothing targeted, plain Python
  std::vector<Treatment> treatments;  // by group; empty: the control
  bool wants_functions = false;       // count function by function (Trial::functions)
  friend bool operator==(const TrialSpec&, const TrialSpec&) = default;
};

// Sums over processes and over the functions of one group, in the window.
struct GroupCounts {
  uint64_t calls = 0;
  uint64_t delayed = 0;
  uint64_t asked_ns = 0;
  double spun_ns = 0;          // really spent in delays
  uint64_t calls_outside = 0;  // before the window or after it
  // Of `calls`, those of each process, in an order that is the same for all groups of a trial.
  std::vector<uint64_t> by_process;
  friend bool operator==(const GroupCounts&, const GroupCounts&) = default;
};

struct FunctionCounts {
  FunctionId id;
  uint32_t group = 0;
  uint64_t calls = 0;
  uint64_t calls_outside = 0;
  uint32_t processes = 0;  // that called it
  uint64_t own_ns = 0;     // Setup::own_time
  friend bool operator==(const FunctionCounts&, const FunctionCounts&) = default;
};

struct CoursePoint {
  double seconds = 0;
  uint64_t units = 0;
  friend bool operator==(const CoursePoint&, const CoursePoint&) = default;
};

struct Trial {
  TrialSpec spec;
  double wall_seconds = 0;      // of the whole trial, with starting and stopping
  double window_seconds = 0;    // while calls could be delayed and were counted
  double seconds_per_unit = 0;  // T
  // Units in the window where they are counted or known (a run; calls of --progress); nullopt: a
  // regular expression found a rate alone, and window_seconds / T is the best guess.
  std::optional<double> units;
  std::map<std::string, double> metrics;  // --metric
  // Of the processor time that the measured processes asked for, waited for without a core, as a
  // ratio of wall time; nullopt: the kernel cannot tell.
  std::optional<double> core_wait;
  // What else the machine did, each nullopt where it cannot be told: processors' worth that other
  // processes kept busy, that other machines of the same host took, and the mean frequency.
  std::optional<double> other_load;
  std::optional<double> stolen_load;
  std::optional<double> processor_mhz;
  std::optional<std::vector<GroupCounts>> counts;  // by group; nullopt: a process ran uncounted
  std::vector<FunctionCounts> functions;           // wants_functions
  uint32_t processes = 0;                          // with records
  // Measured while it goes on running, with --progress: how many units had passed at which time
  // since the delays were switched, through settling and interval.
  std::vector<CoursePoint> course;
  std::vector<std::string>
      notes;  // what the records tell (a tool id taken, subinterpreters), each once
  friend bool operator==(const Trial&, const Trial&) = default;
};

struct TrialOutcome {
  // kNotMeasured: it is not among the trials of a sweep that is only read.
  enum class Kind { kMeasured, kFailed, kInterrupted, kNotMeasured };
  Kind kind = Kind::kFailed;
  Trial trial;         // kMeasured
  std::string why;     // kFailed, kNotMeasured: reads on after "trial 3: "
  std::string output;  // kFailed: the end of what the command printed
  int signal = 0;      // kInterrupted: by which
};

// The only part of a sweep that touches the world; tests put a simulated workload in its place.
class TrialRunner {
 public:
  virtual ~TrialRunner() = default;
  // Before the first trial of a setup, and again when it changes (a live server is started anew).
  // Errors are whole messages.
  virtual absl::Status Prepare(const Setup& setup) = 0;
  // Of the setup prepared last.
  virtual TrialOutcome Run(const TrialSpec& spec) = 0;
  // How long a change of the delays takes to show, as a pilot found it: a time constant. Trials
  // against something that goes on running wait three of them, and a second at least.
  virtual void SetSettlingConstant(double seconds) { static_cast<void>(seconds); }
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_H_
