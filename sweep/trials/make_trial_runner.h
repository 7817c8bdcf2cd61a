// The runner that a sweep's settings ask for.
#ifndef PYSLOW_SWEEP_TRIALS_MAKE_TRIAL_RUNNER_H_
#define PYSLOW_SWEEP_TRIALS_MAKE_TRIAL_RUNNER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// InvalidArgument, a whole message, where the settings are wrong or cannot be together. `directory`
// is where target files, sessions and server.log go; `environment` what EnvironmentForTrials left;
// `signals` is kept, not owned.
absl::StatusOr<std::unique_ptr<TrialRunner>> MakeTrials(const TrialSettings& settings,
                                                        const std::vector<std::string>& environment,
                                                        const std::string& directory,
                                                        SignalWatch* signals);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_MAKE_TRIAL_RUNNER_H_
