// Returns recorded trials from a log, and runs and logs the others.
#ifndef PYSLOW_SWEEP_TRIALS_REPLAYING_RUNNER_H_
#define PYSLOW_SWEEP_TRIALS_REPLAYING_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/trials/trial_log.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

// A sweep is a function of its settings, its seed and the results of its trials. If it is run again
// with the same settings and seed, it requests the same trials up to the end of the log. --resume
// and --from therefore run the ordinary sweep on a ReplayingRunner. Not thread-safe.
class ReplayingRunner : public TrialRunner {
 public:
  // `recorded` is empty for a new sweep. If `runner` and `log` are null, the outcome of trials that
  // are not in the log is kNotMeasured. `path` names the log in messages. `runner` and `log` are
  // not owned.
  ReplayingRunner(RecordedSweep recorded, TrialRunner* runner, TrialLog* log, std::string path);

  absl::Status Prepare(const Setup& setup) override;
  // Returns the first recorded trial of the current setup and `spec` that was not returned before;
  // otherwise runs the trial.
  TrialOutcome Run(const TrialSpec& spec) override;
  std::vector<std::string> Finish() override;
  void SetSettlingConstant(double seconds) override;
  void SetTimeLimit(int64_t ns) override;

  // The number of trials returned from the log.
  size_t replayed() const { return replayed_; }
  // Whether all trials of the log were returned.
  bool AtEnd() const { return replayed_ == trials_.size(); }

 private:
  struct Recorded {
    size_t setup;  // index into setups_
    Trial trial;
    bool is_replayed = false;
  };

  bool Find(const TrialSpec& spec, Trial* trial);
  absl::Status PrepareRunner();
  // Prepares the runner if necessary, and runs the trial.
  TrialOutcome RunNow(const TrialSpec& spec);
  void CountFailures(const TrialSpec& spec, TrialOutcome* outcome);

  std::vector<Setup> setups_;
  std::vector<Recorded> trials_;
  TrialRunner* const runner_;
  TrialLog* const log_;
  const std::string path_;
  Setup setup_;                        // of the last Prepare
  std::optional<Setup> logged_setup_;  // the last one in the log
  TrialSpec failed_spec_;              // of the last failed trial
  int failures_ = 0;                   // of that trial, one after another
  double spent_seconds_ = 0;           // since the last trial that was measured
  // Setups for which runner_ is not prepared yet, in order; the last one is setup_. It gets all of
  // them: which functions a live program instruments depends on the first one.
  std::vector<Setup> unprepared_;
  size_t first_unreplayed_ = 0;
  size_t replayed_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_REPLAYING_RUNNER_H_
