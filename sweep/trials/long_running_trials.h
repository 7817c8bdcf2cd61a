// Runs trials of a program that keeps running: a server that is restarted for each trial (server
// mode), or any command that is started once for a setup and whose delays are changed (live mode).
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
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// Not thread-safe.
class LongRunningTrials : public TrialRunner {
 public:
  // The arguments are those of RestartTrials. The destructor stops the program.
  LongRunningTrials(TrialSettings settings, OutputParser parser,
                    std::vector<std::string> environment, std::string directory,
                    SignalWatch* signals);

  absl::Status Prepare(const Setup& setup) override;
  // A trial that is not instrumented starts the program anew, also in live mode.
  TrialOutcome Run(const TrialSpec& spec) override;
  void SetSettlingConstant(double seconds) override { settling_constant_ = seconds; }

 private:
  TrialOutcome Measure(const TrialSpec& spec);
  // These measure one trial into `*trial` and return an outcome on failure: MeasureLoad by the
  // output of --load or --metric-command, MeasureInterval by calls of --progress.
  std::optional<TrialOutcome> MeasureLoad(DisturbanceWatch* watch, Trial* trial);
  std::optional<TrialOutcome> RunShell(const char* option, const std::string& command,
                                       DisturbanceWatch* watch, std::string* output,
                                       double* seconds);
  std::optional<TrialOutcome> MeasureInterval(DisturbanceWatch* watch, Trial* trial);

  const TrialSettings settings_;
  const OutputParser parser_;
  const std::vector<std::string> environment_;
  const std::string directory_;
  SignalWatch* const signals_;
  LongRunningProgram program_;
  Instrumentation instrumentation_;
  double settling_constant_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_
