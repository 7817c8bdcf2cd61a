#include "recorded_trials.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <variant>

#include "absl/strings/str_cat.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/calls.h"
#include "sweep/steps/observe.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::steps {
namespace {

int64_t PerCallNsOf(const model::Trial& trial) {
  if (trial.spec.treatments.empty()) return 0;
  return trial.spec.treatments.front().delay_ns / trial.spec.treatments.front().frequency;
}

// The trials of the first `blocks` blocks. Arms are numbered by `arm_of`.
template <typename ArmOfTrial>
BlockedTrials InBlocks(const std::vector<model::Trial>& trials, size_t blocks,
                       const ArmOfTrial& arm_of) {
  BlockedTrials result;
  result.blocks.resize(blocks);
  for (const model::Trial& trial : trials) {
    const auto block = static_cast<size_t>(trial.spec.block);
    if (block >= blocks) continue;
    ArmTrial one;
    one.arm = arm_of(trial);
    one.trial = trial;
    result.blocks[block].push_back(one);
  }
  return result;
}

Subject SubjectOf(uint32_t group) {
  Subject subject;
  subject.groups = {group};
  return subject;
}

}  // namespace

RecordedTrials::RecordedTrials(const std::string& name) {
  const auto log = trials::ReadTrialLog(absl::StrCat(REPLAY_DATA, "/", name, ".jsonl"));
  if (!log.ok()) {
    ADD_FAILURE() << name << ": " << log.status();
    return;
  }
  trials_ = log->Trials();
  for (const auto& entry : log->entries) {
    if (const auto* setup = std::get_if<model::Setup>(&entry)) groups_ = setup->groups;
  }
}

Settings RecordedTrials::UnitsKnown() {
  Settings settings;
  settings.trials.start_ns = 1;
  return settings;
}

std::vector<model::Trial> RecordedTrials::PartOf(const std::string& part) const {
  std::vector<model::Trial> result;
  for (const model::Trial& trial : trials_) {
    if (trial.spec.part == part) result.push_back(trial);
  }
  return result;
}

std::vector<statistics::Block> RecordedTrials::Curve(const std::string& part, size_t blocks,
                                                     const Settings& settings,
                                                     Attempts attempts) const {
  // An arm's number is its delay.
  const auto arm_of = [](const model::Trial& trial) {
    return static_cast<size_t>(PerCallNsOf(trial));
  };
  std::vector<model::Trial> recorded = PartOf(part);
  if (attempts == Attempts::kFirst) {
    std::erase_if(recorded, [](const model::Trial& trial) { return trial.spec.attempt > 0; });
  }
  const BlockedTrials trials = InBlocks(recorded, blocks, arm_of);
  std::vector<CurveArm> arms;
  for (const model::Trial& trial : recorded) {
    arms.push_back({arm_of(trial), PerCallNsOf(trial)});
  }
  return Observe(trials, arms, SubjectOf(0), settings);
}

std::vector<statistics::ArmObservation> RecordedTrials::Arms(size_t blocks) const {
  std::vector<statistics::ArmObservation> observations;
  for (const model::Trial& trial : PartOf("groups")) {
    if (static_cast<size_t>(trial.spec.block) >= blocks) continue;
    statistics::ArmObservation one;
    one.block = static_cast<size_t>(trial.spec.block);
    uint32_t group = 0;
    if (!trial.spec.treatments.empty()) one.arm = group = trial.spec.treatments.front().group;
    const statistics::Observation seen =
        Observe(trial, SubjectOf(group), PerCallNsOf(trial), UnitsKnown());
    one.seconds_per_unit = seen.seconds_per_unit;
    one.dose_seconds = *statistics::DoseSeconds(seen);
    one.waited_seconds = seen.waited_seconds;
    one.calm = seen.calm;
    observations.push_back(one);
  }
  // The dose is that of one process.
  for (size_t group = 0; group < groups_.size(); ++group) {
    const double processes = statistics::CallsOf(ArmCurve(group)).processes;
    for (statistics::ArmObservation& one : observations) {
      if (one.arm == group) one.dose_seconds /= processes;
    }
  }
  return observations;
}

std::vector<statistics::Block> RecordedTrials::ArmCurve(size_t group) const {
  const auto index = static_cast<uint32_t>(group);
  int64_t per_call_ns = 0;
  size_t blocks = 0;
  for (const model::Trial& trial : PartOf("groups")) {
    blocks = std::max(blocks, static_cast<size_t>(trial.spec.block) + 1);
    if (trial.spec.treatments.empty() || trial.spec.treatments.front().group != index) continue;
    per_call_ns = PerCallNsOf(trial);
  }
  const auto arm_of = [](const model::Trial& trial) -> size_t {
    return trial.spec.treatments.empty() ? 0 : trial.spec.treatments.front().group + 1;
  };
  return Observe(InBlocks(PartOf("groups"), blocks, arm_of), {{0, 0}, {group + 1, per_call_ns}},
                 SubjectOf(index), UnitsKnown());
}

double RecordedTrials::CountedUnits() const { return UnitsOf(PartOf("count").front()); }

std::vector<CalledFunction> RecordedTrials::Functions() const {
  std::vector<CalledFunction> functions;
  for (const model::Trial& trial : PartOf("count")) {
    for (const model::FunctionCounts& counts : trial.functions)
      functions.push_back({counts, {}, {}});
  }
  for (const model::Trial& trial : PartOf("own time")) {
    std::map<FunctionId, uint64_t> own_ns;
    for (const model::FunctionCounts& counts : trial.functions) own_ns[counts.id] += counts.own_ns;
    for (CalledFunction& function : functions) {
      const double ns = static_cast<double>(own_ns[function.id]);
      function.own_seconds_per_unit.push_back(ns * 1e-9 / UnitsOf(trial));
    }
  }
  return functions;
}

double RecordedTrials::ControlOf(const std::string& part) const {
  std::vector<double> times;
  for (const model::Trial& trial : PartOf(part)) {
    if (trial.spec.treatments.empty()) times.push_back(trial.seconds_per_unit);
  }
  return statistics::MeanOfBlocks(times).value;
}

}  // namespace pyslow::steps
