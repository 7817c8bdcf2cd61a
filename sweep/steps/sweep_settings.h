// What one sweep is asked to do: plain values, checked by whoever read them.
#ifndef PYSLOW_SWEEP_STEPS_SWEEP_SETTINGS_H_
#define PYSLOW_SWEEP_STEPS_SWEEP_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/trials/trial_settings.h"

namespace pyslow::steps {

// The steps of the methodology beyond counting. The opportunity comes with the impact.
struct Steps {
  bool impact = true;
  bool isolate = true;
  bool focus = true;
};

struct Settings {
  trials::TrialSettings trials;
  // As for pyslow: a target file or "", targets in place, the groups chosen (none: all).
  std::string targets_file;
  std::vector<std::string> targets;
  std::vector<std::string> groups;
  Steps steps;
  // Of the global curve, ascending, each once, the first 0: the control. Empty: found by a pilot.
  std::vector<int64_t> delays_ns;
  bool control_added = false;    // it was not among the delays given
  int64_t frequency = 1;         // at least; what is too hot to delay each call gets a higher one
  double max_slowdown = 4;       // of a trial against the control
  std::optional<size_t> blocks;  // --runs; nullopt: by rule R1
  std::optional<double> precision;  // --precision, as a ratio of T: more blocks until it is reached
  std::optional<double> budget_seconds;  // --time-budget
  uint64_t seed = 0;
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SWEEP_SETTINGS_H_
