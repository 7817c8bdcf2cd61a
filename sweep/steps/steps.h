// The steps of the methodology, each from what is known before it to what is known after.
#ifndef PYSLOW_SWEEP_STEPS_STEPS_H_
#define PYSLOW_SWEEP_STEPS_STEPS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sweep/render/findings.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// All that a sweep knows. `settings`, `runner` and `observer` outlive it.
struct State {
  State(const Settings& settings_, trials::TrialRunner* runner, Observer* observer_)
      : settings(settings_), observer(*observer_), conductor(runner, observer_, settings_.seed) {}

  const Settings& settings;
  Observer& observer;
  Conductor conductor;
  render::Findings findings;

  // Of the counting run.
  std::vector<CalledFunction> counted;
  double counted_units = 1;
  Subjects groups;  // the setup of all steps but the last
  Subject everything;
  double control_seconds = 0;  // T0, as well as it is known so far
  // Of a trial that is one unit slowed to the bound, at most: the dose that a unit may get.
  double most_dose_seconds = 0;
  // A step found that there is nothing left to look for.
  bool is_over = false;
  // The subsystems that a function is looked for in.
  std::vector<Subject> winners;
};

// Each returns what the conductor's RunBlocks does; what was measured before an error is in
// `state`.
absl::Status CountCalls(State* state);         // step 1
absl::Status MeasureImpact(State* state);      // steps 2 and 3
absl::Status IsolateSubsystems(State* state);  // step 4
absl::Status FocusOnFunctions(State* state);   // step 5

// What the steps share.

// Adds a step to what was told, and tells the observer.
void Tell(State* state, render::Step step, std::string sentence, std::string next);

// How many blocks of `arms` trials to run: --runs, else as many as `share` of --time-budget holds,
// else `by_rule`.
size_t BlocksFor(const State& state, size_t by_rule, size_t arms, double share);

// Judges the curve of `subject`, and withholds the verdict where the machine was not calm.
statistics::CurveFinding Judge(const State& state, const Subject& subject,
                               const std::vector<statistics::Block>& blocks,
                               const BlockedTrials& trials);

// Of a subject that a verdict is withheld on as R12 says.
inline constexpr char kTooFewCalls[] = "too few calls: 1 ms each would be under 1% of the time";

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_STEPS_H_
