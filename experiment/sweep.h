// A sweep from its first trial to its last.
#ifndef PYSLOW_EXPERIMENT_SWEEP_H_
#define PYSLOW_EXPERIMENT_SWEEP_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "experiment/plan.h"
#include "experiment/trial.h"

namespace pyslow::experiment {

struct SweepEnd {
  // kMeasured: all trials are done. Else the outcome of the trial that ended the sweep.
  TrialOutcome outcome;
  size_t measured = 0;
};

// Runs the trials of `plan` in order, each handed to `keep` as soon as it is measured; the first
// that does not end well is the last. An error of `keep` ends the sweep as a failed trial does.
SweepEnd RunTrials(const std::vector<PlannedTrial>& plan, TrialRunner& runner,
                   const std::function<absl::Status(const Trial&)>& keep);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_SWEEP_H_
