#include "sweep/steps/trial_warnings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "sweep/steps/gpu_observations.h"
#include "sweep/trials/disturbance.h"

namespace pyslow::steps {

using model::Warning;

namespace {

// Of the samples while a GPU worked.
constexpr double kMinGpuThrottled = 0.01;
// Of the trials. R17 takes 1% of calm trials for stalls.
constexpr double kMinStalls = 0.05;

}  // namespace

std::optional<Warning> MatchesDiffer(const model::Trial& trial) {
  constexpr double kSame = 0.01;
  if (!trial.reading.has_value() || !trial.reading->last_counts) return std::nullopt;
  const model::FigureReading& reading = *trial.reading;
  if (reading.matches < 2 || reading.largest - reading.smallest <= kSame * reading.largest) {
    return std::nullopt;
  }
  Warning warning;
  warning.kind = Warning::Kind::kMatchesDiffer;
  warning.count = reading.matches;
  warning.low = reading.smallest;
  warning.high = reading.largest;
  return warning;
}

void TrialWarnings::Add(const model::Trial& trial) {
  ++trials_;
  if (!matches_.has_value()) matches_ = MatchesDiffer(trial);
  if (converted_.first.empty() && trial.reading.has_value() && !trial.reading->read_as.empty()) {
    converted_ = {trial.reading->printed, trial.reading->read_as};
  }
  if (!trial.core_wait.has_value()) wait_unknown_ = true;
  if (trials::WaitedForOthers(trial)) {
    ++waited_;
    other_load_ += trial.other_load.value_or(0);
    stolen_load_ += trial.stolen_load.value_or(0);
  }
  if (trials::WasThrottled(trial)) {
    ++throttled_;
    // Each processor that was stopped counts.
    stopped_ += std::min(1.0, *trial.throttled);
  }
  if (trial.overheated.value_or(0) > 0) ++overheated_;
  AddGpus(trial);
  for (const auto& [program, processors] : trial.unrecorded) unrecorded_[program] += processors;
  for (const auto& [program, processors] : trial.outside) outside_[program] += processors;
  processors_ += trial.processors.value_or(0);
  if (trial.ran_on > 0) ++ran_on_;
  for (const std::string& note : trial.notes) {
    if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes_.push_back(note);
  }
}

void TrialWarnings::AddGpus(const model::Trial& trial) {
  bool is_throttled = false;
  bool is_shared = false;
  for (const model::GpuUse& gpu : trial.gpus) {
    if (gpu.busy < kMinGpuBusy) continue;
    gpus_.emplace(gpu.index, gpu);
    is_shared = is_shared || gpu.is_shared;
    for (const auto& [reason, share] : gpu.throttled) {
      if (share < kMinGpuThrottled) continue;
      is_throttled = true;
      gpu_reasons_.insert(reason);
    }
    if (!gpu.clock_mhz.has_value()) continue;
    const double mhz = *gpu.clock_mhz;
    if (!gpu_mhz_.has_value()) gpu_mhz_ = model::Range{mhz, mhz};
    gpu_mhz_ = model::Range{std::min(gpu_mhz_->low, mhz), std::max(gpu_mhz_->high, mhz)};
  }
  if (is_throttled) ++gpu_throttled_;
  if (is_shared) ++gpu_shared_;
}

void TrialWarnings::AddStall(double ratio) {
  ++stalls_;
  stalled_ratios_ += ratio;
}

void TrialWarnings::AddLeft(const std::vector<std::string>& left) {
  if (left.empty()) return;
  if (leavings_ == 0) left_ = left;
  ++leavings_;
}

std::string TrialWarnings::ProgramsText(const std::map<std::string, double>& sums) const {
  std::vector<std::string> programs;
  for (const auto& [program, sum] : sums) {
    const double processors = sum / static_cast<double>(trials_);
    if (processors < kMinUnrecorded) continue;
    programs.push_back(
        absl::StrFormat("%.0f%% of a processor (%s)", processors * 100,
                        program.empty() ? "processes that ended too soon to be named" : program));
  }
  return absl::StrJoin(programs, ", ");
}

std::string TrialWarnings::OutsideText() const {
  double outside = 0;
  for (const auto& [program, sum] : outside_) outside += sum;
  return outside > processors_ ? ProgramsText(outside_) : "";
}

std::vector<Warning> TrialWarnings::All() const {
  std::vector<Warning> warnings;
  const auto add = [&](Warning::Kind kind, std::string text, size_t count) -> Warning& {
    Warning& warning = warnings.emplace_back();
    warning.kind = kind;
    warning.text = std::move(text);
    warning.count = count;
    return warning;
  };
  // For trials that were disturbed: `sum` is over them.
  const auto add_share = [&](Warning::Kind kind, size_t count, double sum) -> Warning& {
    Warning& warning = add(kind, "", count);
    warning.total = trials_;
    warning.ratio = sum / static_cast<double>(count);
    return warning;
  };
  if (matches_.has_value()) warnings.push_back(*matches_);
  for (const std::string& note : notes_) add(Warning::Kind::kProcessNote, note, 0);
  if (const std::string programs = ProgramsText(unrecorded_); !programs.empty()) {
    add(Warning::Kind::kUnrecorded, programs, 0);
  }
  if (const std::string programs = OutsideText(); !programs.empty()) {
    add(Warning::Kind::kOutsidePython, programs, 0);
  }
  if (ran_on_ > 0) add(Warning::Kind::kRanOn, "", ran_on_).total = trials_;
  if (failed_ > 0) add(Warning::Kind::kFailedTrials, "", failed_);
  // Without the repetitions.
  const size_t first_trials = trials_ - std::min(stalls_, trials_);
  if (static_cast<double>(stalls_) > kMinStalls * static_cast<double>(first_trials)) {
    add_share(Warning::Kind::kStalls, stalls_, stalled_ratios_).total = first_trials;
  }
  if (leavings_ > 0) add(Warning::Kind::kLeftProcesses, absl::StrJoin(left_, ", "), leavings_);
  if (waited_ > 0) {
    add_share(Warning::Kind::kDisturbedTrials, waited_, other_load_).stolen =
        stolen_load_ / static_cast<double>(waited_);
  }
  if (throttled_ > 0) add_share(Warning::Kind::kQuota, throttled_, stopped_);
  if (overheated_ > 0) add_share(Warning::Kind::kOverheated, overheated_, 0);
  if (gpu_throttled_ > 0) {
    Warning& warning = add_share(Warning::Kind::kGpuThrottled, gpu_throttled_, 0);
    warning.text = absl::StrJoin(gpu_reasons_, ", ");
    warning.low = gpu_mhz_.has_value() ? gpu_mhz_->low : 0;
    warning.high = gpu_mhz_.has_value() ? gpu_mhz_->high : 0;
  }
  if (gpu_shared_ > 0) add_share(Warning::Kind::kGpuShared, gpu_shared_, 0);
  if (wait_unknown_) warnings.push_back({Warning::Kind::kWaitUnknown});
  return warnings;
}

}  // namespace pyslow::steps
