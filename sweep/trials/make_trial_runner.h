// Makes the TrialRunner for the settings of a sweep.
#ifndef PYSLOW_SWEEP_TRIALS_MAKE_TRIAL_RUNNER_H_
#define PYSLOW_SWEEP_TRIALS_MAKE_TRIAL_RUNNER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sweep/gpu/gpu_watch.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// `environment` is the result of EnvironmentForTrials. Target files, session directories,
// server.log and the output of failed trials are written to `directory`. `signals` and `gpus`,
// which may be null, are not owned and must outlive the runner. InvalidArgument, with a complete
// message, if the settings are invalid or contradict each other.
absl::StatusOr<std::unique_ptr<TrialRunner>> MakeTrialRunner(
    const TrialSettings& settings, const std::vector<std::string>& environment,
    const std::string& directory, SignalWatch* signals, gpu::GpuWatch* gpus = nullptr);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_MAKE_TRIAL_RUNNER_H_
