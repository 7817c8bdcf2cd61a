// How trials are run: plain values, checked by whoever read them.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_SETTINGS_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_SETTINGS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pyslow::trials {

// What throughput is.
enum class Measure {
  kWallTime,    // a run is one unit, and takes the command's wall time
  kThroughput,  // a regular expression finds units per second in the output
  kTime,        // likewise seconds per unit
  kProgress,    // calls of one function, counted in the window
};

struct TrialSettings {
  std::string pyslow;                 // the file to start
  std::vector<std::string> launcher;  // words before it, such as mpirun -n 4; may be empty
  std::vector<std::string> command;   // what follows pyslow's own options
  int64_t start_ns = 0;               // the window, as pyslow's
  int64_t duration_ns = 0;
  std::string start_at;  // MODULE:QUALNAME, or ""
  std::string on;        // pyslow's --on, or "" for its default
  std::string gil;       // likewise
  Measure measure = Measure::kWallTime;
  std::string regex;     // kThroughput and kTime
  std::string progress;  // kProgress: MODULE:QUALNAME
  // --metric NAME=RE
  std::vector<std::pair<std::string, std::string>> metrics;
  // Run by /bin/sh; its output is read in place of the command's. Or "".
  std::string metric_command;
  // A server: `command` is it, started under pyslow with all delays 0.
  bool is_server = false;
  std::string ready_command;  // by /bin/sh, until it exits with 0
  std::string load;           // by /bin/sh: what is run against it; its output is read
  int64_t ready_timeout_ns = int64_t{600} * 1'000'000'000;
  bool live = false;  // one session for all trials of a setup, delays switched through its cells
  int64_t interval_ns = 2'000'000'000;  // live: of a trial
  int64_t timeout_ns = 0;               // of a trial; 0: none
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_SETTINGS_H_
