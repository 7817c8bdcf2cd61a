#include "sweep/steps/conductor.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sweep/steps/block_order.h"
#include "sweep/trials/disturbance.h"

namespace pyslow::steps {
namespace {

constexpr size_t kRecentTrials = 16;
// Critical code makes a trial up to twice as long, hidden code no longer. (The trials with delays
// of six sweeps of vLLM were 1.1 to 1.7 times as long as those without, 1.35 on average.)
constexpr double kLongerWithDelays = 1.3;

absl::Status StatusOf(const model::TrialOutcome& stop) {
  switch (stop.kind) {
    case model::TrialOutcome::Kind::kMeasured:
      return absl::OkStatus();
    case model::TrialOutcome::Kind::kFailed:
      return absl::AbortedError(stop.why);
    case model::TrialOutcome::Kind::kInterrupted:
      return absl::CancelledError("interrupted");
    case model::TrialOutcome::Kind::kNotMeasured:
      return absl::NotFoundError(stop.why);
  }
  return absl::OkStatus();
}

model::TrialSpec SpecOf(const std::string& part, int block, const Arm& arm) {
  model::TrialSpec spec;
  spec.part = part;
  spec.block = block;
  spec.instrumented = arm.instrumented;
  spec.treatments = arm.treatments;
  spec.wants_functions = arm.wants_functions;
  spec.is_other = arm.is_other;
  spec.releases_gil = arm.releases_gil;
  return spec;
}

}  // namespace

double Conductor::TrialSeconds() const {
  if (recent_seconds_.empty()) return 0;
  if (recent_seconds_.size() == 1) return recent_seconds_.front();
  const double sum = std::accumulate(recent_seconds_.begin(), recent_seconds_.end(), 0.0);
  const double longest = *std::max_element(recent_seconds_.begin(), recent_seconds_.end());
  return (sum - longest) / static_cast<double>(recent_seconds_.size() - 1);
}

double Conductor::ExpectedSeconds() const {
  if (!delays_lengthen_ || delayed_ >= kRecentTrials) return TrialSeconds();
  return std::max(TrialSeconds(), kLongerWithDelays * undelayed_seconds_);
}

bool Conductor::LacksTrial(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return false;
  stop_ = {};
  return true;
}

absl::Status Conductor::Prepare(const model::Setup& setup) { return runner_.Prepare(setup); }

absl::Status Conductor::Run(model::TrialSpec spec, const std::string& arm, model::Trial* trial) {
  spec.index = static_cast<int>(trials_);
  model::TrialOutcome outcome = runner_.Run(spec);
  size_t failures = 0;
  for (int64_t retry = 0; retry < retries_ && outcome.kind == model::TrialOutcome::Kind::kFailed;
       ++retry) {
    // The first output shows already that the options do not suit it.
    if (outcome.would_fail_again && trials_ == 0) break;
    observer_.TrialRepeated(spec, arm, outcome, retry + 1, retries_);
    warnings_.AddLeft(outcome.trial.left);
    ++failures;
    outcome = runner_.Run(spec);
  }
  warnings_.AddLeft(outcome.trial.left);
  // A trial that is replayed did not fail now.
  warnings_.AddFailures(std::max(failures, static_cast<size_t>(outcome.trial.failures)));
  if (outcome.kind != model::TrialOutcome::Kind::kMeasured) {
    stop_ = std::move(outcome);
    stopped_at_ = spec;
    stopped_arm_ = arm;
    return StatusOf(stop_);
  }
  *trial = std::move(outcome.trial);
  ++trials_;
  const double seconds = trial->wall_seconds + trial->other_seconds;
  seconds_ += seconds;
  // Failures before it say nothing of the next trial.
  recent_seconds_.push_back(trial->failures == 0 ? seconds : trial->wall_seconds);
  if (trials_ == 1) first_seconds_ = recent_seconds_.back();
  if (recent_seconds_.size() > kRecentTrials) recent_seconds_.pop_front();
  if (!trial->spec.treatments.empty()) ++delayed_;
  if (delayed_ == 0) undelayed_seconds_ = TrialSeconds();
  const bool disturbed = trials::IsDisturbed(*trial);
  if (disturbed) ++disturbed_;
  warnings_.Add(*trial);
  if (trial->benchmark.has_value()) benchmark_ = trial->benchmark;
  observer_.TrialDone(*trial, arm, disturbed, ExpectedSeconds());
  return absl::OkStatus();
}

absl::Status Conductor::RunOne(const std::string& part, int number, const Arm& arm,
                               model::Trial* trial) {
  model::TrialSpec spec = SpecOf(part, number, arm);
  spec.wants_functions = true;
  return Run(std::move(spec), arm.name, trial);
}

absl::Status Conductor::RunBlock(const std::string& part, const std::vector<size_t>& arms,
                                 bool keeps_order, BlockedTrials* result) {
  const auto number = static_cast<int>(result->blocks.size());
  std::vector<ArmTrial>& block = result->blocks.emplace_back();
  std::vector<size_t> order(arms.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (!keeps_order) order = OrderOfBlock(arms.size(), seed_, part, number);
  for (const size_t slot : order) {
    const Arm& arm = result->arms[arms[slot]];
    model::TrialSpec spec = SpecOf(part, number, arm);
    spec.level = static_cast<int>(slot);
    ArmTrial one;
    one.arm = arms[slot];
    one.slot = slot;
    if (absl::Status status = Run(std::move(spec), arm.name, &one.trial); !status.ok()) {
      return status;
    }
    block.push_back(std::move(one));
  }
  return absl::OkStatus();
}

absl::Status Conductor::Repeat(size_t block, size_t place, double longer, BlockedTrials* result) {
  ArmTrial& old = result->blocks[block][place];
  ArmTrial again;
  again.arm = old.arm;
  again.slot = old.slot;
  model::TrialSpec spec = old.trial.spec;
  ++spec.attempt;
  absl::Status status = Run(std::move(spec), result->arms[old.arm].name, &again.trial);
  if (!status.ok()) return status;
  warnings_.AddStall(longer);
  old.is_replaced = true;
  result->blocks[block].push_back(std::move(again));
  return absl::OkStatus();
}

}  // namespace pyslow::steps
