// Runs trials in blocks, in random order, and repeats the disturbed ones.
#ifndef PYSLOW_SWEEP_STEPS_CONDUCTOR_H_
#define PYSLOW_SWEEP_STEPS_CONDUCTOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/steps/observer.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::steps {

// A treatment that is tried once in each block.
struct Arm {
  std::string name;  // for messages: "control", "10us a call"
  bool instrumented = true;
  std::vector<model::Treatment> treatments;  // empty: the control
};

// The trials of one design. A block is complete if it has a clean trial, one that was not
// disturbed, of every arm.
struct BlockedTrials {
  std::vector<Arm> arms;
  // Complete blocks: by block, then by arm.
  std::vector<std::vector<model::Trial>> blocks;
  // Trials that stay disturbed count as clean: the design has no room for gaps.
  bool keeps_disturbed = false;
  bool keeps_order = false;       // the arms are in random order already
  size_t begun = 0;               // blocks, complete or not
  std::vector<size_t> disturbed;  // by arm: disturbed attempts
  std::vector<size_t> clean;      // by arm: clean trials
  // Whether every arm has enough clean trials for a verdict: in half of all blocks.
  bool IsCalm() const;
};

// Not thread-safe.
class Conductor {
 public:
  // `runner` and `observer` outlive it.
  Conductor(trials::TrialRunner* runner, Observer* observer, uint64_t seed)
      : runner_(*runner), observer_(*observer), seed_(seed) {}

  // Runs a single trial, number `number` of its part, with counts of each function. Errors as
  // RunBlocks.
  absl::Status RunOne(const std::string& part, int number, const Arm& arm, model::Trial* trial);

  // Runs blocks until `result` has `blocks` complete ones, or too many were disturbed. `result` may
  // hold blocks of the same part already. Errors: Aborted if a trial failed, NotFound if the
  // replayed log lacks a trial, Cancelled if the sweep was interrupted. stop() then has the
  // details, and `result` keeps the complete blocks.
  absl::Status RunBlocks(const std::string& part, size_t blocks, BlockedTrials* result);

  // Called before the first trial of a setup. Errors as the runner's.
  absl::Status Prepare(const model::Setup& setup);

  // See TrialRunner.
  void SetSettlingConstant(double seconds) { runner_.SetSettlingConstant(seconds); }

  // The outcome that ended the sweep, with its trial and arm.
  const model::TrialOutcome& stop() const { return stop_; }
  // Discards that outcome: the sweep continues.
  void ForgetStop() { stop_ = {}; }
  const model::TrialSpec& stopped_at() const { return stopped_at_; }
  const std::string& stopped_arm() const { return stopped_arm_; }

  uint64_t seed() const { return seed_; }
  size_t trials() const { return trials_; }
  size_t disturbed() const { return disturbed_; }
  double seconds() const { return seconds_; }  // wall time of all trials
  double MeanTrialSeconds() const {
    return trials_ == 0 ? 0 : seconds_ / static_cast<double>(trials_);
  }
  // Notes in the records of all trials, each once.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  absl::Status Run(const model::TrialSpec& spec, const std::string& arm, model::Trial* trial);
  absl::Status RunUndisturbed(model::TrialSpec spec, const std::string& arm, model::Trial* trial,
                              bool* clean, BlockedTrials* result);
  bool IsHopeless() const;

  trials::TrialRunner& runner_;
  Observer& observer_;
  const uint64_t seed_;
  model::TrialOutcome stop_;
  model::TrialSpec stopped_at_;
  std::string stopped_arm_;
  std::vector<std::string> notes_;
  size_t trials_ = 0;
  size_t disturbed_ = 0;
  double seconds_ = 0;
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_CONDUCTOR_H_
