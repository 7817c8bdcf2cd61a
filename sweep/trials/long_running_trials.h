// Runs trials of a program that keeps running: a server that is restarted for each trial (server
// mode), or any command that runs on while its delays are changed (live mode).
#ifndef PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_
#define PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "session/snapshot.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/live_functions.h"
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
                    SignalWatch* signals, gpu::GpuWatch* gpus = nullptr);

  // In live mode, the program runs on if the setup with which it was started covers `setup`: see
  // LiveFunctions.
  absl::Status Prepare(const Setup& setup) override;
  // A trial that is not instrumented starts the program anew, also in live mode. In live mode, a
  // program that ends with exit status 0 after at least one trial is started again, and the trial
  // in which it ended is repeated.
  TrialOutcome Run(const TrialSpec& spec) override;
  std::vector<std::string> Finish() override;
  void SetSettlingConstant(double seconds) override { settling_constant_ = seconds; }
  void SetTimeLimit(int64_t ns) override {
    if (settings_.timeout_ns == 0) timeout_ns_ = ns;
  }

 private:
  TrialOutcome Measure(const TrialSpec& spec);
  std::optional<TrialOutcome> StartOrContinue(const TrialSpec& spec);
  std::chrono::nanoseconds Settling() const;
  bool MayContinue();
  // Sets the counts of an instrumented trial.
  void SetGroupCounts(session::SessionSnapshot snapshot, Trial* trial);
  // These measure one trial into `*trial` and return an outcome on failure: MeasureLoad by the
  // output of --load or --metric-command, MeasureInterval by calls of --progress.
  std::optional<TrialOutcome> MeasureLoad(DisturbanceWatch* watch, Trial* trial);
  // Runs a shell command, whose output `reader` gets unless it is null.
  struct ShellRun {
    std::string output;
    std::chrono::steady_clock::time_point begin;
    double seconds = 0;
  };
  std::optional<TrialOutcome> RunShell(const char* option, const std::string& command,
                                       DisturbanceWatch* watch, OutputReader* reader,
                                       ShellRun* run);
  std::optional<TrialOutcome> MeasureInterval(DisturbanceWatch* watch, Trial* trial);

  const TrialSettings settings_;
  int64_t timeout_ns_ = settings_.timeout_ns;  // of each command
  OutputParser parser_;
  const std::vector<std::string> environment_;
  const std::string directory_;
  SignalWatch* const signals_;
  gpu::GpuWatch* const gpus_;
  LiveFunctions functions_;  // live mode
  LongRunningProgram program_;
  Instrumentation instrumentation_;          // of the current setup
  bool has_measured_ = false;                // the running program
  std::vector<Treatment> treatments_;        // of the last trial
  bool changes_delays_ = true;               // this trial those of the last one, or it is the first
  std::optional<double> settling_constant_;  // nullopt: unknown
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LONG_RUNNING_TRIALS_H_
