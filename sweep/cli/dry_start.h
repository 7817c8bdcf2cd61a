// Finds the pyslow that runs the trials, and checks the settings by starting it once.
#ifndef PYSLOW_SWEEP_CLI_DRY_START_H_
#define PYSLOW_SWEEP_CLI_DRY_START_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::cli {

// `given` is the value of --pyslow or ""; the default is the pyslow beside this program. Error
// messages are complete.
absl::StatusOr<std::string> FindPyslow(const std::string& given);

// Starts pyslow once with the user's targets and an empty program, so that pyslow itself reports
// any mistake in them. Cancelled, with the number of the signal as its message, if a signal
// interrupted it; other error messages are complete.
absl::Status DryStart(const steps::Settings& settings, const std::vector<std::string>& environment,
                      trials::SignalWatch& signals);

// The output of `pyslow --version` with the Python of `settings`; "" if it fails.
std::string PyslowVersion(const trials::TrialSettings& settings,
                          const std::vector<std::string>& environment,
                          trials::SignalWatch& signals);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_DRY_START_H_
