// One trial of a sweep: what it does, and what it measured.
#ifndef PYSLOW_SWEEP_MODEL_TRIAL_H_
#define PYSLOW_SWEEP_MODEL_TRIAL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/function_id.h"
#include "sweep/model/gpu.h"

namespace pyslow::model {

// The instrumented targets, common to all trials of a part of the sweep.
struct Setup {
  std::string name;     // of the part: "count", "groups", "functions" …; part of file names
  std::string targets;  // the target file's text
  std::vector<std::string> groups;       // in order; Treatment::group is an index into these
  std::vector<std::string> chosen = {};  // the instrumented groups; empty: all
  bool own_time = false;                 // own time is measured: FunctionCounts::own_ns
  friend bool operator==(const Setup&, const Setup&) = default;
};

// The delay of one group in a trial. Groups without a treatment are instrumented and never delayed.
struct Treatment {
  uint32_t group = 0;
  int64_t delay_ns = 0;
  int64_t frequency = 1;
  friend bool operator==(const Treatment&, const Treatment&) = default;
};

struct TrialSpec {
  int index = 0;                      // in the order of execution, from 0, over the whole sweep
  std::string part;                   // the design: "count", "global", "groups", "curves" …
  int block = 0;                      // within the part, from 0
  int level = 0;                      // the place of its treatment in the block's list
  int attempt = 0;                    // above 0: a repetition of a stall
  bool instrumented = true;           // false: plain Python without targets
  std::vector<Treatment> treatments;  // by group; empty: the control
  bool wants_functions = false;       // counts of each function: Trial::functions
  bool is_other = false;              // of the other version, --against
  bool releases_gil = false;          // in delays, although the sweep holds it: --gil hold,release
  friend bool operator==(const TrialSpec&, const TrialSpec&) = default;
};

// Sums over the processes and functions of one group, within the window.
struct GroupCounts {
  uint64_t calls = 0;
  uint64_t delayed = 0;
  uint64_t asked_ns = 0;
  double spun_ns = 0;          // measured time in delays
  uint64_t calls_outside = 0;  // before the window or after it
  // `calls` by process, in the same order for all groups of a trial.
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

// How the figure of --throughput-regex or --time-regex was read.
struct FigureReading {
  uint64_t matches = 0;     // without --skip-matches
  bool last_counts = true;  // the last match is the figure
  // Of the matches, as units per second or seconds per unit.
  double smallest = 0;
  double largest = 0;
  double step = 0;      // by how many seconds T changes if the last printed digit changes by one
  std::string printed;  // the last match with its unit: "1.05 s/it"
  std::string read_as;  // "0.9524 it/s"; "" if it was read as printed
  friend bool operator==(const FigureReading&, const FigureReading&) = default;
};

// The known benchmark to which the output was found to belong.
struct BenchmarkFound {
  std::string name;                 // "none": the output fits none
  std::string program;              // for people
  std::string figure;               // what the figure is
  std::string printed;              // the line, or the place in JSON, in which it stands
  std::vector<std::string> others;  // names of further ones that fit
  friend bool operator==(const BenchmarkFound&, const BenchmarkFound&) = default;
};

struct Trial {
  TrialSpec spec;
  double wall_seconds = 0;  // of the whole trial, including start and stop
  // Further time of the sweep that belongs to it: earlier runs of this trial, which failed, the
  // metric command, the end of what it left behind. 0 if an earlier version ran it.
  double other_seconds = 0;
  double window_seconds = 0;    // length of the window
  double seconds_per_unit = 0;  // T
  // Units in the window, if they are counted or known (a run; calls of --progress). nullopt: a
  // regular expression found only a rate, and window_seconds / T is the best estimate.
  std::optional<double> units;
  std::map<std::string, double> metrics;  // --metric
  // Of the metrics that are times: the seconds of the unit that they are in.
  std::map<std::string, double> metric_units;
  // nullopt: T is not read from the output, or an earlier version read it.
  std::optional<FigureReading> reading;
  // nullopt: the options say what is measured, or an earlier run of the sweep has shown it.
  std::optional<BenchmarkFound> benchmark;
  // Time that the measured processes were runnable without a core, as a ratio of wall time, with
  // the time that the host took their core for other machines. nullopt: the kernel does not provide
  // it.
  std::optional<double> core_wait;
  // The rest of the machine, nullopt if unknown: processors that others kept busy, without
  // pyslow-sweep, its load and its metric command; processors that the host gave to other machines;
  // and the mean frequency.
  std::optional<double> other_load;
  std::optional<double> stolen_load;
  std::optional<double> processor_mhz;
  // Processors that a CPU quota (cgroup) stopped, as a ratio of wall time, and how often processors
  // began to slow down because of heat. nullopt if unknown.
  std::optional<double> throttled;
  std::optional<uint64_t> overheated;
  std::vector<GpuUse> gpus;  // those that the command may have used; empty: none was watched
  std::optional<std::vector<GroupCounts>> counts;  // by group; nullopt: a process ran uncounted
  std::vector<FunctionCounts> functions;           // wants_functions
  uint32_t processes = 0;                          // with records
  // Live trials with --progress: units against the time since the delays were switched, over
  // settling and interval.
  std::vector<CoursePoint> course;
  // Programs that the command started without pyslow, with the processors that each used, above 1%:
  // "python3.12". Under "": those that ended too soon to be named.
  std::map<std::string, double> unrecorded;
  // Pythons that are not of the command, such as workers of a cluster that was started before, with
  // the processors that each used, above 1%; and the processors that the command used. nullopt: not
  // measured.
  std::map<std::string, double> outside;
  std::optional<double> processors;
  // Processes with records that ran on after the command, outside of its process group. Only if the
  // wall time of the command is measured.
  uint32_t ran_on = 0;
  // From the records (a lost tool id, subinterpreters), each once.
  std::vector<std::string> notes;
  int failures = 0;  // earlier runs of this trial, which failed
  // Processes that its command left behind, and that were ended: "redis-server (pid 123)".
  std::vector<std::string> left;
  friend bool operator==(const Trial&, const Trial&) = default;
};

struct TrialOutcome {
  // kNotMeasured: the replayed log lacks this trial.
  enum class Kind { kMeasured, kFailed, kInterrupted, kNotMeasured };
  Kind kind = Kind::kFailed;
  Trial trial;         // kMeasured; else only `left` is set
  std::string why;     // kFailed, kNotMeasured: the message after "trial 3: "
  std::string output;  // kFailed: the end of the output of the command that failed
  bool why_quotes_output = false;
  bool would_fail_again = false;  // kFailed: its output was not understood
  bool was_stopped = false;       // pyslow-sweep was, as by Ctrl-Z: its time says nothing
  std::string server_output;      // kFailed: likewise of the server, if another command failed
  std::string log;                // kFailed: the file with both; "": none
  int signal = 0;                 // kInterrupted
};

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_TRIAL_H_
