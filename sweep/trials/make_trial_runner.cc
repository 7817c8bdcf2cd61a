#include "sweep/trials/make_trial_runner.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "session/snapshot.h"
#include "sweep/trials/checked_trials.h"
#include "sweep/trials/long_running_trials.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/restart_trials.h"

namespace pyslow::trials {

absl::StatusOr<std::unique_ptr<TrialRunner>> MakeTrialRunner(
    const TrialSettings& settings, const std::vector<std::string>& environment,
    const std::string& directory, SignalWatch* signals, gpu::GpuWatch* gpus) {
  absl::StatusOr<OutputParser> parser = OutputParser::Compile(settings);
  if (!parser.ok()) return parser.status();
  const auto checked = [&](std::unique_ptr<TrialRunner> runner) {
    return std::make_unique<CheckedTrials>(std::move(runner), directory, signals);
  };
  if (settings.measure == Measure::kProgress) {
    const auto group = SingleFunctionGroup("progress", settings.progress);
    if (!group.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--progress: ", group.status().message()));
    }
  }
  if (!settings.is_server && !settings.live) {
    return checked(std::make_unique<RestartTrials>(settings, *std::move(parser), environment,
                                                   directory, session::ReadSession, signals, gpus));
  }
  const bool has_load = !settings.load.empty() || !settings.metric_command.empty();
  if (!has_load && settings.measure != Measure::kProgress) {
    return absl::InvalidArgumentError(
        "a program that keeps running has no end to measure by: add --load, --metric-command or "
        "--progress MODULE:QUALNAME");
  }
  return checked(std::make_unique<LongRunningTrials>(settings, *std::move(parser), environment,
                                                     directory, signals, gpus));
}

}  // namespace pyslow::trials
