// How a trial is told to have failed, and what every measured one has.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_OUTCOME_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_OUTCOME_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "session/snapshot.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

TrialOutcome Failed(std::string why, std::string output);
TrialOutcome Interrupted(int signal);

// `who` reads as in "the command". nullopt: it ended well.
std::optional<TrialOutcome> Trouble(absl::string_view who, ProcessResult& result,
                                    int64_t timeout_ns);

void SetDisturbance(const Disturbance& disturbance, Trial* trial);
// Counts, functions where the spec wants them, processes and notes.
void SetCounts(const session::SessionSnapshot& snapshot, const Instruments& instruments,
               Trial* trial);
// T, units and further figures of a trial whose wall or window time is there. `snapshot`: for
// --progress. An error is a whole message.
absl::Status SetFigures(const TrialSettings& settings, const Figures& figures,
                        double seconds_of_a_run, std::optional<uint64_t> progress, Trial* trial);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_OUTCOME_H_
