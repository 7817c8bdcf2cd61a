#include "sweep/steps/conductor.h"

#include <algorithm>
#include <utility>

#include "sweep/steps/plan.h"
#include "sweep/trials/disturbance.h"

namespace pyslow::steps {
namespace {

// A trial is run at most so often for a clean one.
constexpr int kAttempts = 3;
// Of a design's blocks, so many may be spoilt before no more are tried to make up for them.
constexpr size_t kMostSpoilt = 4;
// After so many trials, a machine that disturbs more than half of them will not become calm.
constexpr size_t kTrialsToTell = 12;

absl::Status StatusOf(const trials::TrialOutcome& stop) {
  switch (stop.kind) {
    case trials::TrialOutcome::Kind::kMeasured:
      return absl::OkStatus();
    case trials::TrialOutcome::Kind::kFailed:
      return absl::AbortedError(stop.why);
    case trials::TrialOutcome::Kind::kInterrupted:
      return absl::CancelledError("interrupted");
    case trials::TrialOutcome::Kind::kNotMeasured:
      return absl::NotFoundError(stop.why);
  }
  return absl::OkStatus();
}

}  // namespace

bool BlockedTrials::IsCalm() const {
  return std::all_of(clean.begin(), clean.end(),
                     [&](size_t trials) { return trials * 2 >= begun; });
}

absl::Status Conductor::Prepare(const trials::Setup& setup) { return runner_.Prepare(setup); }

absl::Status Conductor::Run(const trials::TrialSpec& spec, const std::string& arm,
                            trials::Trial* trial) {
  trials::TrialOutcome outcome = runner_.Run(spec);
  if (outcome.kind != trials::TrialOutcome::Kind::kMeasured) {
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
                               trials::Trial* trial) {
  trials::TrialSpec spec;
  spec.index = static_cast<int>(trials_);
  spec.part = part;
  spec.block = number;
  spec.instrumented = arm.instrumented;
  spec.treatments = arm.treatments;
  spec.wants_functions = true;
  return Run(spec, arm.name, trial);
}

bool Conductor::IsHopeless() const { return trials_ >= kTrialsToTell && disturbed_ * 2 > trials_; }

absl::Status Conductor::RunUndisturbed(trials::TrialSpec spec, const std::string& arm,
                                       trials::Trial* trial, bool* clean, BlockedTrials* result) {
  const auto level = static_cast<size_t>(spec.level);
  for (spec.attempt = 0; spec.attempt < kAttempts; ++spec.attempt) {
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
  size_t spoilt = 0;
  for (size_t begun = result->begun; result->blocks.size() < blocks; ++begun) {
    result->begun = begun + 1;
    std::vector<trials::Trial> block(arms);
    bool clean = true;
    std::vector<size_t> order = OrderOfBlock(arms, seed_, part, static_cast<int>(begun));
    if (result->keeps_order) std::sort(order.begin(), order.end());
    for (const size_t arm : order) {
      trials::TrialSpec spec;
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
    } else if (++spoilt > kMostSpoilt) {
      break;
    }
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
