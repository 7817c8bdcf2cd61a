// The own time and the calls of each function in two versions of a program.
#ifndef PYSLOW_SWEEP_STEPS_OWN_TIMES_H_
#define PYSLOW_SWEEP_STEPS_OWN_TIMES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sweep/model/comparison.h"
#include "sweep/model/trial.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// One version in trials that measure own time. Per unit.
struct OwnTimes {
  struct Function {
    std::vector<double> calls;        // by trial
    std::vector<double> own_seconds;  // likewise
    uint64_t counted = 0;             // calls of all trials
  };
  std::map<std::string, Function> functions;  // by module:qualname
  std::vector<double> seconds_per_unit;       // T by trial, without the time that it waited
  size_t trials = 0;
  bool units_are_known = true;  // in every trial

  // Adds a trial with counts of each function. `settings`: of the sweep.
  void Add(const model::Trial& trial, const Settings& settings);

  // Of all functions, by trial and in the mean.
  std::vector<double> OwnSeconds() const;
  double Calls() const;
  // What measuring added to each call, if a unit lasts `control_seconds` without it: the excess of
  // the own time of all functions, or of T, if that is less (R19).
  double AddedPerCall(double control_seconds) const;
  // Multiplies all calls and own times.
  void Scale(double factor);
};

// Both versions; equally many trials of each, in pairs.
struct OwnTimesOfBoth {
  OwnTimes first;
  OwnTimes other;
};

// The trials of the blocks in which both versions were measured. `other_arm`: the other version.
OwnTimesOfBoth OwnTimesOf(const BlockedTrials& trials, size_t other_arm, const Settings& settings);

// Sets the functions of `comparison`, their order, and the sums over all of them. `first_seconds`,
// `other_seconds`: T at the control. Intervals are those of the differences of pairs. If the units
// of a version are not known, a change of the calls that half of the functions share is an error of
// the number of units, as in R23, and is removed.
void SetDifferences(OwnTimesOfBoth times, double first_seconds, double other_seconds,
                    model::Comparison* comparison);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_OWN_TIMES_H_
