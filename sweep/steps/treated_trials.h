// The trials of some arms, and what tells whether their figure can be trusted.
#ifndef PYSLOW_SWEEP_STEPS_TREATED_TRIALS_H_
#define PYSLOW_SWEEP_STEPS_TREATED_TRIALS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/model/trial.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

struct TreatedTrial {
  const model::Trial* trial;
  size_t block;
  int64_t per_call_ns;
};

// The trials of `arms`, each with its delay, without replaced ones. Points into `trials`.
std::vector<TreatedTrial> TrialsOf(const BlockedTrials& trials, const std::vector<CurveArm>& arms);

// Whether the program reports the figure itself, so that a trial has more than what it measures.
bool IsReported(const Settings& settings);

// The share of the time in delays by which the trials became longer: the slope of their wall time
// over the time in delays of one process, as in R15, with its 95% interval. nullopt: not counted,
// or too few trials.
std::optional<model::Estimate> ShareInWallTime(const std::vector<TreatedTrial>& treated,
                                               const Subject& subject);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_TREATED_TRIALS_H_
