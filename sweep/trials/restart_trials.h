// Runs trials that each start the command of the sweep under pyslow and wait for its end.
#ifndef PYSLOW_SWEEP_TRIALS_RESTART_TRIALS_H_
#define PYSLOW_SWEEP_TRIALS_RESTART_TRIALS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// Not thread-safe.
class RestartTrials : public TrialRunner {
 public:
  // Writes target files to `directory` and makes a session directory for each trial there, which is
  // removed after the trial. Trials of the other version run settings.against in `environment` with
  // its changes. `signals` and `gpus` are not owned and must outlive the runner; `gpus` may be
  // null.
  RestartTrials(TrialSettings settings, OutputParser parser, std::vector<std::string> environment,
                std::string directory, SessionReader read_session, SignalWatch* signals,
                gpu::GpuWatch* gpus = nullptr);

  absl::Status Prepare(const Setup& setup) override;
  TrialOutcome Run(const TrialSpec& spec) override;
  void SetTimeLimit(int64_t ns) override {
    if (settings_.timeout_ns == 0) timeout_ns_ = ns;
  }

 private:
  // What one version runs.
  struct Version {
    TrialSettings settings;
    std::vector<std::string> environment;
  };

  // Sets `*group` to the process group of the command, if it was started.
  TrialOutcome RunWith(const TrialSpec& spec, const Version& version, const std::string& session,
                       const std::vector<std::string>& environment, pid_t* group);
  // Runs --metric-command, whose output replaces `*output`. Returns an outcome on failure.
  std::optional<TrialOutcome> RunMetricCommand(const Version& version, OutputReader* reader,
                                               std::string* output);
  absl::Status Count(const std::string& session, ProcessResult& result,
                     const OutputFigures& figures, const Disturbance& disturbance, Trial* trial);

  const TrialSettings settings_;
  int64_t timeout_ns_ = settings_.timeout_ns;  // of each command
  OutputParser parser_;
  std::vector<Version> versions_;  // the program of the sweep, and --against
  const std::string directory_;
  const SessionReader read_session_;
  SignalWatch* const signals_;
  gpu::GpuWatch* const gpus_;
  Instrumentation instrumentation_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_RESTART_TRIALS_H_
