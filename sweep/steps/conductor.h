// Runs trials in blocks: in random order, again where one was disturbed, and keeps what they gave.
#ifndef PYSLOW_SWEEP_STEPS_CONDUCTOR_H_
#define PYSLOW_SWEEP_STEPS_CONDUCTOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/steps/observer.h"
#include "sweep/trials/trial.h"

namespace pyslow::steps {

// One thing to try in each block.
struct Arm {
  std::string name;  // for people: "control", "10us a call"
  bool instrumented = true;
  std::vector<trials::Treatment> treatments;  // empty: the control
};

// The trials of one design. Blocks that have a clean trial of every arm are complete.
struct BlockedTrials {
  std::vector<Arm> arms;
  // By block, then by arm: complete ones alone.
  std::vector<std::vector<trials::Trial>> blocks;
  // A design without room for gaps: what stays disturbed counts as it is.
  bool keeps_disturbed = false;
  bool keeps_order = false;  // the arms are run as they stand: the design has drawn their order
  size_t begun = 0;          // blocks, complete or not
  std::vector<size_t> disturbed;  // by arm: trials that were, each attempt
  std::vector<size_t> clean;      // by arm
  // Whether every arm has so many clean trials that a verdict can go by them (half of all blocks).
  bool IsCalm() const;
};

class Conductor {
 public:
  // `runner` and `observer` outlive it.
  Conductor(trials::TrialRunner* runner, Observer* observer, uint64_t seed)
      : runner_(*runner), observer_(*observer), seed_(seed) {}

  // A trial by itself, the `number`th of its part, with each function's counts. Errors as below.
  absl::Status RunOne(const std::string& part, int number, const Arm& arm, trials::Trial* trial);

  // Runs blocks until `result` has `blocks` complete ones, or as many more were tried and disturbed
  // (see kMostSpoilt). `result` may hold some of the same part already. Aborted where a trial
  // failed, NotFound where it is none of a sweep that is only read, Cancelled where the sweep was
  // interrupted: then stop() says more, and what `result` has is good.
  absl::Status RunBlocks(const std::string& part, size_t blocks, BlockedTrials* result);

  // Before the first trial of a setup. Errors as the runner's.
  absl::Status Prepare(const trials::Setup& setup);

  // See TrialRunner.
  void SetSettlingConstant(double seconds) { runner_.SetSettlingConstant(seconds); }

  // The outcome that ended the sweep, and what was being run.
  const trials::TrialOutcome& stop() const { return stop_; }
  // The sweep goes on in spite of it.
  void ForgetStop() { stop_ = {}; }
  const trials::TrialSpec& stopped_at() const { return stopped_at_; }
  const std::string& stopped_arm() const { return stopped_arm_; }

  uint64_t seed() const { return seed_; }
  size_t trials() const { return trials_; }
  size_t disturbed() const { return disturbed_; }
  double seconds() const { return seconds_; }  // that all trials have taken
  double MeanTrialSeconds() const {
    return trials_ == 0 ? 0 : seconds_ / static_cast<double>(trials_);
  }
  // What the records of all trials told, each once.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  absl::Status Run(const trials::TrialSpec& spec, const std::string& arm, trials::Trial* trial);
  absl::Status RunUndisturbed(trials::TrialSpec spec, const std::string& arm, trials::Trial* trial,
                              bool* clean, BlockedTrials* result);
  bool IsHopeless() const;

  trials::TrialRunner& runner_;
  Observer& observer_;
  const uint64_t seed_;
  trials::TrialOutcome stop_;
  trials::TrialSpec stopped_at_;
  std::string stopped_arm_;
  std::vector<std::string> notes_;
  size_t trials_ = 0;
  size_t disturbed_ = 0;
  double seconds_ = 0;
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_CONDUCTOR_H_
