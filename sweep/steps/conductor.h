// Runs trials in blocks, in random order, and repeats the failed ones.
#ifndef PYSLOW_SWEEP_STEPS_CONDUCTOR_H_
#define PYSLOW_SWEEP_STEPS_CONDUCTOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/statistics/waiting.h"
#include "sweep/steps/observer.h"
#include "sweep/steps/trial_warnings.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::steps {

// A treatment that is tried in blocks.
struct Arm {
  std::string name;  // for messages: "control", "10us a call"
  bool instrumented = true;
  std::vector<model::Treatment> treatments;  // empty: the control
  bool wants_functions = false;              // counts of each function
  bool is_other = false;                     // of the other version (--against)
  bool releases_gil = false;                 // TrialSpec::releases_gil
};

struct ArmTrial {
  size_t arm = 0;   // index in BlockedTrials::arms
  size_t slot = 0;  // of the block: differs for two trials of one arm
  model::Trial trial;
  // R17: it stalled and was measured again, and counts no more.
  bool is_replaced = false;
};

// The trials of one design. Every trial counts, disturbed or not (R13).
struct BlockedTrials {
  std::vector<Arm> arms;                      // may grow between blocks
  std::vector<std::vector<ArmTrial>> blocks;  // in the order of execution
  statistics::WaitingCost waiting;            // R16, see UpdateWaiting
};

// Not thread-safe.
class Conductor {
 public:
  // `runner` and `observer` outlive it. `retries`: how often a failed trial is repeated.
  Conductor(trials::TrialRunner* runner, Observer* observer, uint64_t seed, int64_t retries = 0)
      : runner_(*runner), observer_(*observer), seed_(seed), retries_(retries) {}

  // Runs a single trial, number `number` of its part, with counts of each function. Errors as
  // RunBlock.
  absl::Status RunOne(const std::string& part, int number, const Arm& arm, model::Trial* trial);

  // Runs one block: a trial of each of `arms`, indices in result->arms, which may be repeated; in
  // random order unless `keeps_order`. Appends it to `result`, after an error with the trials
  // before it. Errors: Aborted if a trial failed and so did its repetitions, NotFound if the
  // replayed log lacks a trial, Cancelled if the sweep was interrupted. stop() then has the
  // details.
  absl::Status RunBlock(const std::string& part, const std::vector<size_t>& arms, bool keeps_order,
                        BlockedTrials* result);

  // R17. Measures a trial again that stalled, in the same block. `longer`: the ratio by which it
  // was longer than others. Errors as RunBlock.
  absl::Status Repeat(size_t block, size_t place, double longer, BlockedTrials* result);

  // Called before the first trial of a setup. Errors as the runner's.
  absl::Status Prepare(const model::Setup& setup);

  // See TrialRunner.
  void Finish() { warnings_.AddLeft(runner_.Finish()); }
  void SetSettlingConstant(double seconds) { runner_.SetSettlingConstant(seconds); }
  void SetTimeLimit(int64_t ns) { runner_.SetTimeLimit(ns); }

  // The outcome that ended the sweep, with its trial and arm.
  const model::TrialOutcome& stop() const { return stop_; }
  // Whether `status`, of a trial, says that the replayed log lacks it, as a log of an earlier
  // version may. That outcome is then discarded: the sweep continues.
  bool LacksTrial(const absl::Status& status);
  const model::TrialSpec& stopped_at() const { return stopped_at_; }
  const std::string& stopped_arm() const { return stopped_arm_; }

  size_t trials() const { return trials_; }
  size_t disturbed() const { return disturbed_; }
  // Of all trials, those that failed and were repeated included.
  double seconds() const { return seconds_; }
  // What a trial takes: the mean of the last 16, without the longest, which may contain the start
  // of a server. 0 before the first.
  double TrialSeconds() const;
  // What a trial that follows will take on average, for the time left: until 16 trials with delays
  // were measured, those that follow are expected to be longer than the ones without.
  double ExpectedSeconds() const;
  // Whether a delay can make a trial longer; not if it measures for a fixed time. Default: yes.
  void SetDelaysLengthen(bool lengthen) { delays_lengthen_ = lengthen; }
  // By how much the first trial was longer: the start of a server, or of a program that runs on.
  double StartSeconds() const { return std::max(0.0, first_seconds_ - TrialSeconds()); }
  const TrialWarnings& warnings() const { return warnings_; }
  // The known benchmark that a trial found; nullopt: none of the trials looked for one.
  const std::optional<model::BenchmarkFound>& benchmark() const { return benchmark_; }

 private:
  absl::Status Run(model::TrialSpec spec, const std::string& arm, model::Trial* trial);

  trials::TrialRunner& runner_;
  Observer& observer_;
  const uint64_t seed_;
  const int64_t retries_;
  model::TrialOutcome stop_;
  model::TrialSpec stopped_at_;
  std::string stopped_arm_;
  TrialWarnings warnings_;
  std::optional<model::BenchmarkFound> benchmark_;
  size_t trials_ = 0;
  size_t disturbed_ = 0;
  double seconds_ = 0;
  double first_seconds_ = 0;           // of the first trial
  std::deque<double> recent_seconds_;  // of the last trials
  bool delays_lengthen_ = true;
  size_t delayed_ = 0;            // trials with delays
  double undelayed_seconds_ = 0;  // TrialSeconds() before the first of them
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_CONDUCTOR_H_
