#include "sweep/steps/arm_trials.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/curves.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/repeat_stalls.h"

namespace pyslow::steps {
namespace {

// The dose of the arms that are tried next: once there are small ones, these.
bool HasSmallDoses(const ArmTrials& arms) {
  return !arms.arms.empty() && arms.arms.back().large.has_value();
}

// Controls first, then each undecided arm of that dose.
std::vector<size_t> NextBlock(const ArmTrials& arms) {
  const bool small = HasSmallDoses(arms);
  std::vector<size_t> undecided;
  for (size_t i = 0; i < arms.arms.size(); ++i) {
    const ComparedArm& arm = arms.arms[i];
    if (arm.large.has_value() != small || arm.is_decided()) continue;
    undecided.push_back(i + 1);
  }
  std::vector<size_t> block(undecided.empty() ? 0 : statistics::ControlsOf(undecided.size()), 0);
  block.insert(block.end(), undecided.begin(), undecided.end());
  return block;
}

// R20's input. The dose is that of all processes.
statistics::ArmObservation ObservationOf(const Settings& settings, const ArmTrials& arms,
                                         size_t block, const ArmTrial& one) {
  const ComparedArm* arm = one.arm == 0 ? nullptr : &arms.arms[one.arm - 1];
  const Subject& subject = arms.subjects[arm == nullptr ? 0 : arm->subject];
  statistics::Observation seen =
      Observe(one.trial, subject, arm == nullptr ? 0 : arm->per_call_ns, settings);
  statistics::SubtractWaiting(arms.trials.waiting, &seen);
  statistics::ArmObservation observation;
  observation.block = block;
  if (arm != nullptr) observation.arm = one.arm - 1;
  observation.seconds_per_unit = seen.seconds_per_unit;
  // If the calls were not counted, the planned dose.
  observation.dose_seconds = statistics::DoseSeconds(seen).value_or(subject.calls_per_unit *
                                                                    statistics::DelaySeconds(seen));
  observation.waited_seconds = seen.waited_seconds;
  observation.waiting_error_seconds = seen.waiting_error_seconds;
  observation.calm = seen.calm;
  return observation;
}

// The number of processes that share a subject's calls.
double ProcessesOf(const Settings& settings, const ArmTrials& arms, size_t arm) {
  const ComparedArm& one = arms.arms[arm];
  const std::vector<statistics::Block> blocks = Observe(
      arms.trials, {{0, 0}, {arm + 1, one.per_call_ns}}, arms.subjects[one.subject], settings);
  return blocks.empty() ? 1 : statistics::CallsOf(blocks).processes;
}

// Divides the doses of an arm by the number of processes that share its calls side by side.
std::vector<statistics::ArmFinding> JudgedByProcess(
    const Settings& settings, const ArmTrials& arms, const statistics::ArmLimits& limits,
    std::vector<statistics::ArmObservation> observations) {
  const size_t count = arms.arms.size();
  const auto divide = [&observations](size_t arm, double by) {
    for (statistics::ArmObservation& one : observations) {
      if (one.arm == arm) one.dose_seconds /= by;
    }
  };
  std::vector<double> processes(count);
  for (size_t i = 0; i < count; ++i) {
    processes[i] = ProcessesOf(settings, arms, i);
    divide(i, processes[i]);
  }
  std::vector<statistics::ArmFinding> findings = statistics::JudgeArms(observations, count, limits);
  bool any_take_turns = false;
  for (size_t i = 0; i < count; ++i) {
    if (!statistics::TakeTurns(findings[i].kappa, processes[i])) continue;
    divide(i, 1 / processes[i]);
    processes[i] = 1;
    any_take_turns = true;
  }
  if (any_take_turns) findings = statistics::JudgeArms(observations, count, limits);
  for (size_t i = 0; i < count; ++i) findings[i].processes = processes[i];
  return findings;
}

void JudgeUndecided(const Settings& settings, statistics::ArmLimits limits, ArmTrials* arms) {
  std::vector<statistics::ArmObservation> observations;
  for (size_t b = 0; b < arms->trials.blocks.size(); ++b) {
    for (const ArmTrial& one : arms->trials.blocks[b]) {
      if (!one.is_replaced) observations.push_back(ObservationOf(settings, *arms, b, one));
    }
  }
  if (observations.empty()) return;
  limits.grid_seconds = GridOf(arms->trials);
  const std::vector<statistics::ArmFinding> findings =
      JudgedByProcess(settings, *arms, limits, std::move(observations));
  for (size_t i = 0; i < arms->arms.size(); ++i) {
    ComparedArm& arm = arms->arms[i];
    if (arm.large.has_value() != HasSmallDoses(*arms) || arm.is_decided()) continue;
    arm.finding = findings[i];
    if (arm.large.has_value()) {
      arm.now = statistics::JudgeNow(arm.finding, arms->arms[*arm.large].finding);
    }
  }
}

}  // namespace

ArmTrials::ArmTrials(const std::vector<Subject>& compared) : subjects(compared) {
  trials.arms.push_back({"control", true, {}});
}

void ArmTrials::Add(const Settings& settings, size_t subject, double dose_seconds,
                    std::optional<size_t> large) {
  const CallDelay delay = DelayFor(subjects[subject], dose_seconds, settings.frequency);
  ComparedArm& arm = arms.emplace_back();
  arm.subject = subject;
  arm.per_call_ns = delay.per_call_ns;
  arm.large = large;
  trials.arms.push_back(ArmOf(
      absl::StrCat(subjects[subject].name, " by ", FormatTimeNs(delay.per_call_ns), " a call"),
      subjects[subject], delay));
}

std::vector<CurveArm> ArmTrials::CurveArmsOf(size_t subject) const {
  std::vector<CurveArm> curve = {{0, 0}};
  for (size_t i = 0; i < arms.size(); ++i) {
    if (arms[i].subject == subject) curve.push_back({i + 1, arms[i].per_call_ns});
  }
  std::sort(curve.begin(), curve.end(),
            [](const CurveArm& a, const CurveArm& b) { return a.per_call_ns < b.per_call_ns; });
  return curve;
}

absl::Status RunArms(const StepContext& context, const ArmBlocks& which, double until_seconds,
                     ArmTrials* arms) {
  const Settings& settings = context.settings;
  const bool is_fixed = settings.blocks.has_value();
  std::vector<size_t> looks(statistics::kArmLooks.begin(), statistics::kArmLooks.end());
  if (is_fixed) looks = {*settings.blocks};
  const statistics::ArmLimits limits = {.subjects = arms->subjects.size(), .looks = looks.size()};
  Conductor& conductor = context.conductor;
  const auto blocks = [&] { return arms->trials.blocks.size() - which.before; };
  for (const size_t look : looks) {
    bool has_time = true;
    context.observer.PartBegins(which.part,
                                TrialsUntilLook(settings, blocks(), look, kUsualBlocksOfComparison,
                                                NextBlock(*arms).size()));
    absl::Status status;
    while (status.ok() && has_time && blocks() < look) {
      const std::vector<size_t> block = NextBlock(*arms);
      if (block.empty()) return absl::OkStatus();
      const double seconds = conductor.TrialSeconds() * static_cast<double>(block.size());
      has_time =
          is_fixed || blocks() < which.least || conductor.seconds() + seconds <= until_seconds;
      if (has_time) status = conductor.RunBlock(which.part, block, false, &arms->trials);
    }
    if (status.ok()) status = RepeatStalls(context, until_seconds, &arms->trials);
    UpdateWaiting(&arms->trials);
    JudgeUndecided(settings, limits, arms);
    if (!status.ok() || !has_time) return status;
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
