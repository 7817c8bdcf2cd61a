// From trials to observations, the input of the statistics: time and calls per unit.
#ifndef PYSLOW_SWEEP_STEPS_OBSERVE_H_
#define PYSLOW_SWEEP_STEPS_OBSERVE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweep/model/trial.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/pooled_slope.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// The units of a trial. If they were not counted (a regular expression found a rate), the window is
// assumed to hold the same work as the period that the command measured.
double UnitsOf(const model::Trial& trial);

// Whether the start-up is outside the window.
bool HasWindow(const Settings& settings);

// Whether UnitsOf is reliable: the units were counted, or the window excludes the start-up and all
// else that the program does without its load.
bool UnitsAreKnown(const model::Trial& trial, const Settings& settings);

// Measured time in the delays of `subject`, in all processes. trial.counts must be set.
double SpunSecondsOf(const model::Trial& trial, const Subject& subject);

// The same of one process, if several share the calls.
double SpunSecondsOfProcess(const model::Trial& trial, const Subject& subject);

// `trial` as an observation of `subject`, whose calls had a mean delay of `per_call_ns`.
statistics::Observation Observe(const model::Trial& trial, const Subject& subject,
                                int64_t per_call_ns, const Settings& settings);

// An arm of a curve: its index in BlockedTrials::arms, and its mean delay per call.
struct CurveArm {
  size_t arm = 0;
  int64_t per_call_ns = 0;  // 0: the control
};

// R16: the time per unit that a trial waited for others outside of its delays: a delay ends at a
// given time, whether its thread waited or not. At most 95% of ExposedSecondsOf. nullopt: not
// measured.
std::optional<double> WaitedSecondsOf(const model::Trial& trial);
// The time per unit outside of the delays of one process.
double ExposedSecondsOf(const model::Trial& trial);

// All trials of a part that count, as measured.
struct PooledTrials {
  std::vector<statistics::PooledTrial> trials;    // x: the arm
  std::vector<size_t> arms;                       // by trial
  std::vector<std::pair<size_t, size_t>> places;  // by trial: its block, and its place in it
};
PooledTrials Pooled(const BlockedTrials& trials);

// R16. Estimates the cost of waiting from all trials; before they are judged.
void UpdateWaiting(BlockedTrials* trials);

// The trials of some arms, by block, without the cost of waiting. Replaced trials are left out.
std::vector<statistics::Block> Observe(const BlockedTrials& trials,
                                       const std::vector<CurveArm>& arms, const Subject& subject,
                                       const Settings& settings);

// The grid of the printed figures, in seconds of T (R25); 0: unknown. Replaced trials are left out.
double GridOf(const BlockedTrials& trials);

// T of one arm, as measured. Replaced trials are left out.
std::vector<double> SecondsOf(const BlockedTrials& trials, size_t arm);

// The names of --metric, in the order of Observation::metrics.
std::vector<std::string> MetricNames(const Settings& settings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_OBSERVE_H_
