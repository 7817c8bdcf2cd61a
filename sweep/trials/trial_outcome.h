// Makes the outcomes of failed trials, and sets the fields that every kind of measured trial has.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_OUTCOME_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_OUTCOME_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "session/snapshot.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

TrialOutcome FailedOutcome(std::string why, std::string output);
// For an `output` in which OutputReader found no figure; its error `status` quotes the output.
TrialOutcome UnreadOutcome(const absl::Status& status, std::string output);
TrialOutcome InterruptedOutcome(int signal);

// The outcome of a trial whose command `who`, such as "the command", ended with `result`. nullopt
// if its exit status is 0. Moves the output out of `result` on failure.
std::optional<TrialOutcome> FailureOf(absl::string_view who, ProcessResult& result,
                                      int64_t timeout_ns);

void SetDisturbance(const Disturbance& disturbance, Trial* trial);
// Sets the programs that used a processor and have no record in `snapshot`, which is read after the
// interval of `disturbance`: those of the command, and Pythons outside of it. After SetDisturbance.
void SetUnrecorded(const Disturbance& disturbance, const session::SessionSnapshot& snapshot,
                   Trial* trial);
// Sets counts, processes, notes and, if the spec requests them, functions.
void SetCounts(const session::SessionSnapshot& snapshot, const Instrumentation& instrumentation,
               Trial* trial);
// Sets T, units and metrics of a trial. trial->window_seconds must be set; `progress` is the number
// of calls of --progress. NotFound, with a complete message that ends in `similar`, if that is 0.
absl::Status SetFigures(const TrialSettings& settings, const OutputFigures& figures,
                        double seconds_of_a_run, std::optional<uint64_t> progress, Trial* trial,
                        absl::string_view similar = "");

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_OUTCOME_H_
