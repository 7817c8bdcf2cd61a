// Settings of trials: plain values, validated by the code that reads the options.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_SETTINGS_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_SETTINGS_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweep/trials/printed_number.h"

namespace pyslow::trials {

// How the time per unit is measured.
enum class Measure {
  kWallTime,    // one run is one unit; its time is the wall time of the command
  kThroughput,  // units per second, which the command prints or writes
  kTime,        // seconds per unit, likewise
  kProgress,    // one call of a given function is one unit; calls are counted in the window
};

// Which of several matches in a trial counts.
enum class MatchRule { kLast, kMean, kMedian, kSum, kMax };
// Their names in options and files.
inline constexpr std::array<std::pair<MatchRule, const char*>, 5> kMatchRules = {
    {{MatchRule::kLast, "last"},
     {MatchRule::kMean, "mean"},
     {MatchRule::kMedian, "median"},
     {MatchRule::kSum, "sum"},
     {MatchRule::kMax, "max"}}};

// What differs in the other version of a comparison (--against).
struct OtherVersion {
  std::vector<std::string> command;      // as TrialSettings::command
  std::vector<std::string> environment;  // NAME=VALUE, over that of the sweep
  std::string python;                    // as TrialSettings::python, or "" for the same
};

struct TrialSettings {
  std::string pyslow;                 // path of the pyslow program
  std::vector<std::string> launcher;  // words before pyslow, such as mpirun -n 4; may be empty
  std::vector<std::string> command;   // the words after pyslow's options
  // The file that each start of `command` reads as standard input. Follows from the directory of
  // the sweep, so it is not recorded.
  std::string input = "/dev/null";
  int64_t start_ns = 0;  // pyslow's --start, --duration and --start-at
  int64_t duration_ns = 0;
  std::string start_at;  // MODULE:QUALNAME, or ""
  std::string on;        // pyslow's --on, or "" for its default
  std::string gil;     // pyslow's --gil, or "" for the default; TrialSpec::releases_gil is stronger
  std::string python;  // pyslow's --python, or ""
  // Trials with TrialSpec::is_other run this version. Not with is_server or live.
  std::optional<OtherVersion> against;
  Measure measure = Measure::kWallTime;
  // The first trial shows whether the output is that of a known benchmark, whose figure is then
  // measured.
  bool detects_benchmark = false;
  std::string benchmark;  // the known benchmark that gave `measure` and the next members, or ""
  // kThroughput and kTime: where the figure is; one of both is not "".
  std::string regex;
  std::string json;                             // FILE#/pointer
  std::string progress;                         // kProgress: MODULE:QUALNAME
  std::string units_regex;                      // finds the units of a trial in the output, or ""
  std::string units_json;                       // instead, in JSON
  std::string unit;                             // --unit, of a time; "": as printed, or seconds
  CommaMeaning comma = CommaMeaning::kUnknown;  // in all numbers of the output
  MatchRule matches = MatchRule::kLast;         // of the figure
  uint64_t skip_matches = 0;                    // the first ones of the figure that do not count
  // --metric NAME=RE and --metric-json NAME=FILE#/pointer
  std::vector<std::pair<std::string, std::string>> metrics;
  std::vector<std::pair<std::string, std::string>> json_metrics;
  // Trial::metric_units of earlier trials, in which they are recorded.
  std::map<std::string, double> metric_units;
  // A shell command whose output is parsed instead of the output of `command`, or "".
  std::string metric_command;
  // Whether `command` is a server. It is started under pyslow with all delays 0.
  bool is_server = false;
  std::string ready_command;  // shell command, repeated until its exit status is 0
  std::string load;           // shell command that loads the server; its output is parsed
  int64_t ready_timeout_ns = int64_t{600} * 1'000'000'000;
  // One session for all trials; the delays are changed through its control cells.
  bool live = false;
  int64_t interval_ns = 2'000'000'000;  // measured time of a trial without a load
  std::string gpu;                      // --gpu, or "": the GPUs that the command can use
  int64_t timeout_ns = 0;               // of each command of a trial; 0: none
  // Between SIGTERM and SIGKILL; nullopt: 5 s for a trial, 10 s for a program that keeps running.
  std::optional<int64_t> grace_ns;
};

// The settings of the other version alone: without `against`, which must be set.
TrialSettings OtherVersionOf(TrialSettings settings);

// Whether the start-up is outside the window.
inline bool HasWindow(const TrialSettings& settings) {
  return settings.start_ns > 0 || !settings.start_at.empty();
}

// Whether the number of units of a trial is read.
inline bool HasUnits(const TrialSettings& settings) {
  return !settings.units_regex.empty() || !settings.units_json.empty();
}

// Whether a run of the command is a unit.
inline bool MeasuresRuns(const TrialSettings& settings) {
  return settings.measure == Measure::kWallTime && !HasUnits(settings);
}

// Whether a figure that is read is that of the window. The calls of a live program are those of its
// load.
inline bool IsFigureOfWindow(const TrialSettings& settings) {
  return HasWindow(settings) || (settings.live && !settings.load.empty());
}

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_SETTINGS_H_
