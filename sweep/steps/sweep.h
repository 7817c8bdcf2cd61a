// The whole methodology, with any runner of trials.
#ifndef PYSLOW_SWEEP_STEPS_SWEEP_H_
#define PYSLOW_SWEEP_STEPS_SWEEP_H_

#include <string>

#include "absl/status/status.h"
#include "sweep/model/findings.h"
#include "sweep/steps/observer.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::steps {

struct SweepEnd {
  // OK, or why the sweep ended early: Aborted (a trial failed), NotFound (the replayed log lacks a
  // trial), Cancelled (interrupted), or another error.
  absl::Status status;
  // The trial that ended it, if one did.
  model::TrialOutcome outcome;
  model::TrialSpec at;
  std::string arm;
  Settings settings;         // with the known benchmark that the first trial found
  model::Findings findings;  // everything known, even after an error
  double trial_seconds = 0;  // Conductor::seconds
};

// Runs the steps that `settings` selects. Deterministic in `settings` and the trials
// that the runner returns, so that a sweep can be resumed and analysed again. Keeps what was
// measured before an error.
SweepEnd RunSweep(const Settings& settings, trials::TrialRunner* runner, Observer* observer);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SWEEP_H_
