// Trials that are each a fresh process: pyslow with the sweep's command.
#ifndef PYSLOW_SWEEP_TRIALS_RESTART_TRIALS_H_
#define PYSLOW_SWEEP_TRIALS_RESTART_TRIALS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

class RestartTrials : public TrialRunner {
 public:
  // Target files are written to `directory`, and each trial's session directory is made there and
  // removed once read. `signals` is kept, not owned.
  RestartTrials(TrialSettings settings, OutputParser yardstick,
                std::vector<std::string> environment, std::string directory,
                SessionReader read_session, SignalWatch* signals);

  absl::Status Prepare(const Setup& setup) override;
  TrialOutcome Run(const TrialSpec& spec) override;

 private:
  TrialOutcome RunWith(const TrialSpec& spec, const std::string& session);
  // What is read in place of the command's output, or that. An outcome in `*trouble` on failure.
  bool ReadMetricCommand(std::string* output, std::optional<TrialOutcome>* trouble);
  absl::Status Count(const std::string& session, ProcessResult& result, const Figures& figures,
                     Trial* trial);

  const TrialSettings settings_;
  const OutputParser yardstick_;
  const std::vector<std::string> environment_;
  const std::string directory_;
  const SessionReader read_session_;
  SignalWatch* const signals_;
  Instruments instruments_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_RESTART_TRIALS_H_
