// Checks the trials of another runner, and keeps the output of those that fail.
#ifndef PYSLOW_SWEEP_TRIALS_CHECKED_TRIALS_H_
#define PYSLOW_SWEEP_TRIALS_CHECKED_TRIALS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

// Writes the output of a failed trial to DIRECTORY/trial-N.log (N: its index + 1), or to
// trial-N-2.log and so on if that exists, and sets TrialOutcome::log. A trial during which this
// process was stopped, as by Ctrl-Z, fails: its time includes the stop. Not thread-safe.
class CheckedTrials : public TrialRunner {
 public:
  // `signals` is not owned and must outlive the object.
  CheckedTrials(std::unique_ptr<TrialRunner> runner, std::string directory, SignalWatch* signals)
      : runner_(std::move(runner)), directory_(std::move(directory)), signals_(*signals) {}

  absl::Status Prepare(const Setup& setup) override { return runner_->Prepare(setup); }
  TrialOutcome Run(const TrialSpec& spec) override;
  std::vector<std::string> Finish() override { return runner_->Finish(); }
  void SetSettlingConstant(double seconds) override { runner_->SetSettlingConstant(seconds); }
  void SetTimeLimit(int64_t ns) override { runner_->SetTimeLimit(ns); }

 private:
  // Returns the path, or "" if the file cannot be written.
  std::string WriteLog(int number, const TrialOutcome& outcome) const;

  const std::unique_ptr<TrialRunner> runner_;
  const std::string directory_;
  SignalWatch& signals_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_CHECKED_TRIALS_H_
