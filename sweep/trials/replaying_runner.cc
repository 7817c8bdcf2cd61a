#include "sweep/trials/replaying_runner.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "sweep/trials/trial_outcome.h"

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

ReplayingRunner::ReplayingRunner(RecordedSweep recorded, TrialRunner* runner, TrialLog* log,
                                 std::string path)
    : runner_(runner), log_(log), path_(std::move(path)) {
  for (auto& entry : recorded.entries) {
    if (Setup* setup = std::get_if<Setup>(&entry)) {
      setups_.push_back(std::move(*setup));
    } else {
      // A trial before the first setup belongs to an empty setup.
      if (setups_.empty()) setups_.emplace_back();
      trials_.push_back({setups_.size() - 1, std::get<Trial>(std::move(entry))});
    }
  }
  if (!setups_.empty()) logged_setup_ = setups_.back();
}

absl::Status ReplayingRunner::Prepare(const Setup& setup) {
  setup_ = setup;
  if (runner_ != nullptr) unprepared_.push_back(setup);
  // Delayed until a trial has to run, since a server may need minutes to start.
  return AtEnd() ? PrepareRunner() : absl::OkStatus();
}

absl::Status ReplayingRunner::PrepareRunner() {
  if (unprepared_.empty()) return absl::OkStatus();
  const Clock::time_point begin = Clock::now();
  absl::Status prepared;
  for (auto setup = unprepared_.begin(); prepared.ok() && setup != unprepared_.end(); ++setup) {
    prepared = runner_->Prepare(*setup);
  }
  spent_seconds_ += SecondsSince(begin);
  if (prepared.ok()) unprepared_.clear();
  return prepared;
}

namespace {

// Ignores the index: it changes if earlier parts of the sweep have more blocks than in the log. And
// a trial is useful without the counts of functions, which earlier versions requested less often.
bool IsSame(TrialSpec recorded, const TrialSpec& requested) {
  recorded.index = requested.index;
  recorded.wants_functions = requested.wants_functions;
  return recorded == requested;
}

}  // namespace

bool ReplayingRunner::Find(const TrialSpec& spec, Trial* trial) {
  while (first_unreplayed_ < trials_.size() && trials_[first_unreplayed_].is_replayed)
    ++first_unreplayed_;
  for (size_t i = first_unreplayed_; i < trials_.size(); ++i) {
    Recorded& recorded = trials_[i];
    if (recorded.is_replayed || !IsSame(recorded.trial.spec, spec)) continue;
    if (!(setups_[recorded.setup] == setup_)) continue;
    recorded.is_replayed = true;
    ++replayed_;
    *trial = std::move(recorded.trial);
    return true;
  }
  return false;
}

TrialOutcome ReplayingRunner::RunNow(const TrialSpec& spec) {
  if (absl::Status prepared = PrepareRunner(); !prepared.ok()) {
    return FailedOutcome(absl::StrCat(prepared.message()), "");
  }
  const Clock::time_point begin = Clock::now();
  TrialOutcome outcome = runner_->Run(spec);
  if (!outcome.was_stopped) spent_seconds_ += SecondsSince(begin);
  return outcome;
}

// Failed trials are not logged, so the trial that replaces them records their number and time.
void ReplayingRunner::CountFailures(const TrialSpec& spec, TrialOutcome* outcome) {
  if (failed_spec_ != spec) failures_ = 0;
  if (outcome->kind == TrialOutcome::Kind::kFailed) {
    failed_spec_ = spec;
    ++failures_;
    return;
  }
  outcome->trial.failures = failures_;
  outcome->trial.other_seconds = std::max(0.0, spent_seconds_ - outcome->trial.wall_seconds);
  failures_ = 0;
  spent_seconds_ = 0;
}

TrialOutcome ReplayingRunner::Run(const TrialSpec& spec) {
  TrialOutcome outcome;
  if (Find(spec, &outcome.trial)) {
    outcome.kind = TrialOutcome::Kind::kMeasured;
    return outcome;
  }
  if (runner_ == nullptr) {
    outcome.kind = TrialOutcome::Kind::kNotMeasured;
    outcome.why = "not measured";
    return outcome;
  }
  outcome = RunNow(spec);
  CountFailures(spec, &outcome);
  if (outcome.kind != TrialOutcome::Kind::kMeasured || log_ == nullptr) return outcome;
  absl::Status logged;
  if (logged_setup_ != setup_) logged = log_->Append(setup_);
  if (logged.ok()) logged_setup_ = setup_;
  if (logged.ok()) logged = log_->Append(outcome.trial);
  if (logged.ok()) return outcome;
  return FailedOutcome(
      absl::StrCat(path_, ": ", logged.message(),
                   "; the trials before it are kept, and --resume continues the sweep"),
      "");
}

std::vector<std::string> ReplayingRunner::Finish() {
  return runner_ == nullptr ? std::vector<std::string>() : runner_->Finish();
}

void ReplayingRunner::SetSettlingConstant(double seconds) {
  if (runner_ != nullptr) runner_->SetSettlingConstant(seconds);
}

void ReplayingRunner::SetTimeLimit(int64_t ns) {
  if (runner_ != nullptr) runner_->SetTimeLimit(ns);
}

}  // namespace pyslow::trials
