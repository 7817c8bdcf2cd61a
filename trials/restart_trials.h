// Trials that are each a fresh process: pyslow with the sweep's command.
#ifndef PYSLOW_TRIALS_RESTART_TRIALS_H_
#define PYSLOW_TRIALS_RESTART_TRIALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trials/process.h"
#include "trials/pyslow_command.h"
#include "trials/session_counts.h"
#include "trials/settings.h"
#include "trials/signals.h"
#include "trials/trial.h"
#include "trials/yardstick.h"

namespace pyslow::trials {

class RestartTrials : public TrialRunner {
 public:
  // Target files are written to `directory`, and each trial's session directory is made there and
  // removed once read. `signals` is kept, not owned.
  RestartTrials(TrialSettings settings, Yardstick yardstick, std::vector<std::string> environment,
                std::string directory, SessionReader read_session, SignalWatch* signals);

  absl::Status Prepare(const Setup& setup) override;
  TrialOutcome Run(const TrialSpec& spec) override;

 private:
  TrialOutcome RunWith(const TrialSpec& spec, const std::string& session);
  // What is read in place of the command's output, or that. An outcome in `*trouble` on failure.
  bool ReadMetricCommand(std::string* output, std::optional<TrialOutcome>* trouble);
  absl::Status Count(const std::string& session, ProcessResult& result, const Figures& figures,
                     Trial* trial);

  const TrialSettings settings_;
  const Yardstick yardstick_;
  const std::vector<std::string> environment_;
  const std::string directory_;
  const SessionReader read_session_;
  SignalWatch* const signals_;
  Instruments instruments_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_TRIALS_RESTART_TRIALS_H_
