// Trials that were measured before, answered from the log; others run, and are logged.
#ifndef PYSLOW_SWEEP_TRIALS_REPLAYING_RUNNER_H_
#define PYSLOW_SWEEP_TRIALS_REPLAYING_RUNNER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::trials {

// A sweep is a function of its settings, its seed and what its trials measured: asked the same
// again it goes the same way up to where the log ends. So a sweep goes on after a crash, and is
// analysed again, by nothing but running it on top of this.
class ReplayingRunner : public TrialRunner {
 public:
  // `recorded`: nothing for a new sweep. `runner` and `log` may both be null: then trials that are
  // not in the log fail as "not measured". `path` names the log in messages. None is owned.
  ReplayingRunner(RecordedSweep recorded, TrialRunner* runner, TrialLog* log, std::string path);

  absl::Status Prepare(const Setup& setup) override;
  // Answers each recorded trial once, the first of the same setup and spec that is left.
  TrialOutcome Run(const TrialSpec& spec) override;
  void SetSettlingConstant(double seconds) override;

  // How many of the trials asked for came from the log.
  size_t replayed() const { return replayed_; }
  // Whether a trial asked for next would have to run (or cannot): what the log holds is used up.
  bool AtEnd() const { return answered_ == trials_.size(); }

 private:
  struct Recorded {
    size_t setup;  // index into setups_
    Trial trial;
    bool answered = false;
  };

  bool Find(const TrialSpec& spec, Trial* trial);
  absl::Status PrepareRunner();

  std::vector<Setup> setups_;
  std::vector<Recorded> trials_;
  TrialRunner* const runner_;
  TrialLog* const log_;
  const std::string path_;
  Setup setup_;                        // asked for last
  std::optional<Setup> logged_setup_;  // the last one in the log
  bool is_prepared_ = false;           // runner_ is prepared for setup_
  size_t first_left_ = 0;
  size_t answered_ = 0;
  size_t replayed_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_REPLAYING_RUNNER_H_
