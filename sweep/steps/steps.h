// The steps of the methodology, with their inputs and results.
#ifndef PYSLOW_SWEEP_STEPS_STEPS_H_
#define PYSLOW_SWEEP_STEPS_STEPS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/findings.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/judge.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/observer.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// What every step uses. All outlive it.
struct StepContext {
  const Settings& settings;
  Conductor& conductor;
  Observer& observer;
};

// What a step knows from the former ones.
struct Baseline {
  double control_seconds = 0;   // T0: the time of a unit without delays
  double max_dose_seconds = 0;  // the largest dose per unit that --max-slowdown allows
  double noise = 0;             // standard deviation of a trial, as a ratio of T0; 0: unknown
  // Of all calls slowed at once, calls per unit, and the share of their delays that surely counts
  // if the curve is linear; 0: unknown.
  double all_calls_per_unit = 0;
  double counting_share = 0;
};
Baseline BaselineOf(double control_seconds, const Settings& settings);

// In each result, `status` is OK or that of the conductor's RunBlock, and the other members hold
// what was measured before an error.

// Step 1: the functions that are called, and how often.
struct CountResult {
  absl::Status status;
  std::optional<model::StepSummary> summary;  // nullopt: the functions were not counted
  std::vector<CalledFunction> counted;
  model::Setup setup;  // of the counting trial
  double units = 1;    // likewise
  Subjects groups;     // the setup of all steps but the last
  Subject everything;
  double own_trial_seconds = 0;  // Subject::own_trial_seconds
  Baseline baseline;             // with every call counted
  bool has_polls = false;        // set apart, R23
  bool is_over = false;
};
CountResult CountCalls(const StepContext& context);

// R23. `counted`: those of `result`, some with polls_per_unit. Takes these out of `everything`, and
// makes them a group of their own. Does nothing and returns false if no other function is called.
bool SetPollsApart(std::vector<CalledFunction> counted, CountResult* result);

// Step 4: the effect of each subsystem. `global`: of step 2, if it was run.
struct IsolateResult {
  absl::Status status;
  std::optional<model::StepSummary> summary;  // nullopt after an error
  std::vector<model::Result> groups;          // ranked
  std::vector<Subject> winners;               // whose functions are examined next
  bool is_over = false;
};
IsolateResult IsolateSubsystems(const StepContext& context, const CountResult& count,
                                const Baseline& baseline,
                                const std::optional<model::Result>& global);

// Functions that get a curve, at once.
inline constexpr size_t kMaxLeaders = 3;

// Step 5: the effect of each function of `subsystems`.
struct FocusResult {
  absl::Status status;
  std::optional<model::StepSummary> summary;  // nullopt after an error
  std::vector<model::Result> functions;       // ranked
  std::vector<model::Priority> priorities;
  std::optional<Subject> first;  // of the priorities
  std::vector<model::Warning> warnings;
};
FocusResult FocusOnFunctions(const StepContext& context, const CountResult& count,
                             const Baseline& baseline, const std::vector<Subject>& subsystems);

// Steps 6 and 7: the effect of the parts of `function`.
struct PartsResult {
  absl::Status status;
  std::optional<model::StepSummary> summary;  // nullopt after an error
  std::vector<model::Result> parts;           // ranked
};
// The calls of it, by their callers.
PartsResult ExamineCallSites(const StepContext& context, const CountResult& count,
                             const Baseline& baseline, const Subject& function);
// Its lines, in ranges. `control_seconds`: T at the control of the steps before, for the report.
PartsResult ExamineLines(const StepContext& context, const CountResult& count,
                         const Baseline& baseline, const Subject& function, double control_seconds);

// Shared by the steps.

// Adds each counted function's own time per unit in `trial`. Other functions are ignored. If no
// function has any, own time was not measured.
void AddOwnTimes(const model::Trial& trial, std::vector<CalledFunction>* counted);

// The time of all trials at which a step that may use `share` of the remaining budget ends.
double UntilSeconds(const StepContext& context, double share);

// Whether the time budget has time for so many trials. `is_other_setup`: they have one for which a
// program that runs on is started anew.
bool HasTimeFor(const StepContext& context, size_t trials, bool is_other_setup);

// How a finding about `subject` is judged: with intervals that allow for looks, unless --runs is
// given. `control_seconds`: T0.
statistics::JudgeOptions OptionsFor(const Settings& settings, const Subject& subject,
                                    double control_seconds);

// Judges the curve of `subject`. `blocks`: with at least one control and one delayed trial.
model::CurveFinding Judge(const Settings& settings, const Subject& subject,
                          const std::vector<statistics::Block>& blocks);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_STEPS_H_
