// What has to be right before the first trial: the pyslow to start, the targets, the expressions.
#ifndef PYSLOW_SWEEP_CLI_PREPARATION_H_
#define PYSLOW_SWEEP_CLI_PREPARATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::cli {

// The file of --pyslow, else the pyslow beside this program. Errors are whole messages.
absl::StatusOr<std::string> FindPyslow(const std::string& given);

// Starts pyslow once with the user's own targets and nothing to run, so that it tells every mistake
// in them, in its own words and with the user's file names. Cancelled, with the signal's number as
// its message, where a signal ended it; any other error is a whole message.
absl::Status DryStart(const steps::Settings& settings, const std::vector<std::string>& environment,
                      trials::SignalWatch& signals);

// What `pyslow --version` prints; "" where it cannot be asked.
std::string PyslowVersion(const std::string& pyslow, const std::vector<std::string>& environment,
                          trials::SignalWatch& signals);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_PREPARATION_H_
