// The whole methodology, on whoever can run trials.
#ifndef PYSLOW_SWEEP_STEPS_SWEEP_H_
#define PYSLOW_SWEEP_STEPS_SWEEP_H_

#include <string>

#include "absl/status/status.h"
#include "sweep/render/findings.h"
#include "sweep/steps/observer.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/trial.h"

namespace pyslow::steps {

struct SweepEnd {
  absl::Status
      status;  // OK, or what ended it: Aborted (a trial failed), Cancelled (interrupted), other
  // Where a trial ended it.
  trials::TrialOutcome outcome;
  trials::TrialSpec at;
  std::string arm;
  render::Findings findings;  // all that is known, however it ended
  double trial_seconds = 0;   // that the trials took, together
};

// Steps 1 to 5, or those that `settings` asks for. Deterministic in `settings` and in what the
// runner answers, which is how a sweep is resumed and analysed again. Never throws away what was
// measured.
SweepEnd RunSweep(const Settings& settings, trials::TrialRunner* runner, Observer* observer);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SWEEP_H_
