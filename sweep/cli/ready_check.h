// Checks that --ready-command does not succeed before the program of the sweep was started.
#ifndef PYSLOW_SWEEP_CLI_READY_CHECK_H_
#define PYSLOW_SWEEP_CLI_READY_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::cli {

// Runs --ready-command once, for at most 5 s. InvalidArgument, with a complete message, if it
// succeeds: another program answers it, as a server on the same port does, and the trials would
// measure that. A command that is only `true`, `:` or `sleep N` waits and is not run. Cancelled,
// with the number of the signal as its message, if a signal interrupted it.
absl::Status CheckReadyCommand(const steps::Settings& settings,
                               const std::vector<std::string>& environment,
                               trials::SignalWatch& signals);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_READY_CHECK_H_
