// The settings of a sweep: plain values, validated by their reader.
#ifndef PYSLOW_SWEEP_STEPS_SWEEP_SETTINGS_H_
#define PYSLOW_SWEEP_STEPS_SWEEP_SETTINGS_H_

#include <cstdint>
#include <limits>
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
  bool sites = false;  // after focus
  bool lines = false;  // after focus, and after sites
  // Of everything, and of the first function of focus: the share of the cost that is other threads
  // waiting for the GIL (--gil hold,release).
  bool gil = false;

  // The number of steps about the parts of a function.
  int parts() const { return sites + lines; }
};

// Of all trials, if neither --time-budget nor --runs is given.
inline constexpr double kDefaultBudgetSeconds = 600;

struct Settings {
  trials::TrialSettings trials;
  // As for pyslow: a target file or "", --target patterns, the selected groups (none: all).
  std::string targets_file;
  std::vector<std::string> targets;
  std::vector<std::string> groups;
  Steps steps;
  // Of the global curve: ascending, distinct, the first 0 (the control). Empty: set by a pilot.
  std::vector<int64_t> delays_ns;
  bool control_added = false;            // the user gave no delay 0
  int64_t frequency = 1;                 // minimum: very frequent functions get a higher one
  double max_slowdown = 4;               // of a trial against the control
  std::optional<size_t> blocks;          // --runs; nullopt: until the question is answered
  std::optional<double> precision;       // --precision, as a ratio of T
  std::optional<double> budget_seconds;  // --time-budget
  double min_gain = 0.01;                // --min-gain: smaller gains do not matter
  int64_t warmup = 1;                    // --warmup: first trials that count for nothing; live: 0
  int64_t retries = 2;                   // --retries: repetitions of a failed trial
  uint64_t seed = 0;
};

// Of all trials; infinite if --runs says how many there are.
inline double BudgetSecondsOf(const Settings& settings) {
  if (settings.budget_seconds.has_value()) return *settings.budget_seconds;
  return settings.blocks.has_value() ? std::numeric_limits<double>::infinity()
                                     : kDefaultBudgetSeconds;
}

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SWEEP_SETTINGS_H_
