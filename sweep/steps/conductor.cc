#include "sweep/steps/conductor.h"

#include <algorithm>
#include <utility>

#include "sweep/steps/block_order.h"
#include "sweep/trials/disturbance.h"

namespace pyslow::steps {
namespace {

// A disturbed trial is repeated up to this number of attempts.
constexpr int kMaxAttempts = 3;
// After more incomplete blocks than these, no further block is run in their place.
constexpr size_t kMaxIncomplete = 4;
// After this many trials, of which more than half were disturbed, the machine is not expected to
// become calm.
constexpr size_t kMinTrialsForHope = 12;

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

}  // namespace

bool BlockedTrials::IsCalm() const {
  return std::all_of(clean.begin(), clean.end(),
                     [&](size_t trials) { return trials * 2 >= begun; });
}

absl::Status Conductor::Prepare(const model::Setup& setup) { return runner_.Prepare(setup); }

absl::Status Conductor::Run(const model::TrialSpec& spec, const std::string& arm,
                            model::Trial* trial) {
  model::TrialOutcome outcome = runner_.Run(spec);
  if (outcome.kind != model::TrialOutcome::Kind::kMeasured) {
    stop_ = std::move(outcome);
    stopped_at_ = spec;
    stopped_arm_ = arm;
    return StatusOf(stop_);
  }
  *trial = std::move(outcome.trial);
  ++trials_;
  seconds_ += trial->wall_seconds;
  const bool disturbed = trials::IsDisturbed(*trial);
  if (disturbed) ++disturbed_;
  for (const std::string& note : trial->notes) {
    if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
  }
  observer_.TrialDone(*trial, arm, disturbed);
  return absl::OkStatus();
}

absl::Status Conductor::RunOne(const std::string& part, int number, const Arm& arm,
                               model::Trial* trial) {
  model::TrialSpec spec;
  spec.index = static_cast<int>(trials_);
  spec.part = part;
  spec.block = number;
  spec.instrumented = arm.instrumented;
  spec.treatments = arm.treatments;
  spec.wants_functions = true;
  return Run(spec, arm.name, trial);
}

bool Conductor::IsHopeless() const {
  return trials_ >= kMinTrialsForHope && disturbed_ * 2 > trials_;
}

absl::Status Conductor::RunUndisturbed(model::TrialSpec spec, const std::string& arm,
                                       model::Trial* trial, bool* clean, BlockedTrials* result) {
  const auto level = static_cast<size_t>(spec.level);
  for (spec.attempt = 0; spec.attempt < kMaxAttempts; ++spec.attempt) {
    spec.index = static_cast<int>(trials_);
    if (absl::Status status = Run(spec, arm, trial); !status.ok()) return status;
    if (!trials::IsDisturbed(*trial)) {
      ++result->clean[level];
      return absl::OkStatus();
    }
    ++result->disturbed[level];
    if (IsHopeless()) break;
  }
  *clean = false;
  return absl::OkStatus();
}

absl::Status Conductor::RunBlocks(const std::string& part, size_t blocks, BlockedTrials* result) {
  const size_t arms = result->arms.size();
  result->clean.resize(arms);
  result->disturbed.resize(arms);
  const size_t missing = blocks - std::min(blocks, result->blocks.size());
  observer_.PartBegins(part, missing * arms);
  size_t incomplete = 0;
  for (size_t begun = result->begun; result->blocks.size() < blocks; ++begun) {
    result->begun = begun + 1;
    std::vector<model::Trial> block(arms);
    bool clean = true;
    std::vector<size_t> order = OrderOfBlock(arms, seed_, part, static_cast<int>(begun));
    if (result->keeps_order) std::sort(order.begin(), order.end());
    for (const size_t arm : order) {
      model::TrialSpec spec;
      spec.part = part;
      spec.block = static_cast<int>(begun);
      spec.level = static_cast<int>(arm);
      spec.instrumented = result->arms[arm].instrumented;
      spec.treatments = result->arms[arm].treatments;
      absl::Status status =
          RunUndisturbed(spec, result->arms[arm].name, &block[arm], &clean, result);
      if (!status.ok()) return status;
    }
    if (clean || result->keeps_disturbed || IsHopeless()) {
      result->blocks.push_back(std::move(block));
    } else if (++incomplete > kMaxIncomplete) {
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
