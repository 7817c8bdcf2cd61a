// The whole methodology, on whoever can run trials.
#ifndef PYSLOW_EXPERIMENT_SWEEP_H_
#define PYSLOW_EXPERIMENT_SWEEP_H_

#include <string>

#include "absl/status/status.h"
#include "experiment/observer.h"
#include "experiment/settings.h"
#include "presentation/findings.h"
#include "trials/trial.h"

namespace pyslow::experiment {

struct SweepEnd {
  absl::Status
      status;  // OK, or what ended it: Aborted (a trial failed), Cancelled (interrupted), other
  // Where a trial ended it.
  trials::TrialOutcome outcome;
  trials::TrialSpec at;
  std::string arm;
  presentation::Findings findings;  // all that is known, however it ended
  double trial_seconds = 0;         // that the trials took, together
};

// Steps 1 to 5, or those that `settings` asks for. Deterministic in `settings` and in what the
// runner answers, which is how a sweep is resumed and analysed again. Never throws away what was
// measured.
SweepEnd RunSweep(const Settings& settings, trials::TrialRunner* runner, Observer* observer);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_SWEEP_H_
