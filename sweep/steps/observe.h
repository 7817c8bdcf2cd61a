// From what trials measured to what the arithmetic reads: time and calls per unit.
#ifndef PYSLOW_SWEEP_STEPS_OBSERVE_H_
#define PYSLOW_SWEEP_STEPS_OBSERVE_H_

#include <string>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/trial.h"

namespace pyslow::steps {

// The units of a trial. Where they were not counted (a regular expression found a rate), the window
// is taken to hold the same work as the stretch that the command measured.
double UnitsOf(const trials::Trial& trial);

// Whether UnitsOf is more than a guess: they were counted, or a window leaves the start-up out.
bool UnitsAreKnown(const trials::Trial& trial, const Settings& settings);

// `trial` as an observation of `subject`, each of whose calls was delayed by `per_call_ns` on the
// mean.
statistics::Observation Observe(const trials::Trial& trial, const Subject& subject,
                                int64_t per_call_ns, const Settings& settings);

// The blocks of some arms: the arm at `arms[i]` delayed each call by `per_call_ns[i]`, ascending,
// the first 0.
std::vector<statistics::Block> Observe(const BlockedTrials& trials, const std::vector<size_t>& arms,
                                       const std::vector<int64_t>& per_call_ns,
                                       const Subject& subject, const Settings& settings);

// T of one arm, of each block.
std::vector<double> SecondsOf(const BlockedTrials& trials, size_t arm);

// The names of --metric, in the order of Observation::metrics.
std::vector<std::string> MetricNames(const Settings& settings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_OBSERVE_H_
