// Trials against something that goes on running: a server, started anew for each (server mode), or
// any long-running command, started once for a setup and its delays switched (live mode).
#ifndef PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_
#define PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/long_running_program.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

class ServedTrials : public TrialRunner {
 public:
  // As RestartTrials. The service is stopped with this.
  ServedTrials(TrialSettings settings, OutputParser yardstick, std::vector<std::string> environment,
               std::string directory, SignalWatch* signals);

  absl::Status Prepare(const Setup& setup) override;
  // A trial that is not instrumented, in live mode too, has a start of its own.
  TrialOutcome Run(const TrialSpec& spec) override;
  void SetSettlingConstant(double seconds) override { settling_constant_ = seconds; }

 private:
  TrialOutcome Measure(const TrialSpec& spec);
  // Runs --load and --metric-command; what they leave to do is done in `*trial`.
  std::optional<TrialOutcome> MeasureLoad(DisturbanceWatch* watch, Trial* trial);
  std::optional<TrialOutcome> RunShell(const char* option, const std::string& command,
                                       DisturbanceWatch* watch, std::string* output,
                                       double* seconds);
  std::optional<TrialOutcome> MeasureInterval(DisturbanceWatch* watch, Trial* trial);

  const TrialSettings settings_;
  const OutputParser yardstick_;
  const std::vector<std::string> environment_;
  const std::string directory_;
  SignalWatch* const signals_;
  Service service_;
  Instruments instruments_;
  double settling_constant_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_
