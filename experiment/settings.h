// What one sweep is asked to do: plain values, checked by whoever read them.
#ifndef PYSLOW_EXPERIMENT_SETTINGS_H_
#define PYSLOW_EXPERIMENT_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace pyslow::experiment {

// What throughput is.
enum class Measure {
  kWallTime,    // a run is one unit, and takes the command's wall time
  kThroughput,  // a regular expression finds units per second in the command's output
  kTime,        // likewise seconds per unit
};

struct Settings {
  std::string pyslow;  // the file to start
  // As for pyslow: a target file or "", targets in place, the groups chosen (none: all).
  std::string targets_file;
  std::vector<std::string> targets;
  std::vector<std::string> groups;
  std::vector<int64_t> delays_ns;  // ascending, each once; the first is 0, the control
  bool control_added = false;      // the control was not among the delays given
  int64_t frequency = 1;
  int64_t start_ns = 0;
  int64_t duration_ns = 0;  // 0: no end
  Measure measure = Measure::kWallTime;
  std::string regex;  // for kThroughput and kTime
  int blocks = 8;
  uint64_t seed = 0;
  std::string out;                   // the directory for results; "": one named after the time
  int64_t timeout_ns = 0;            // of a trial; 0: none
  std::vector<std::string> command;  // what follows pyslow's own options
};

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_SETTINGS_H_
