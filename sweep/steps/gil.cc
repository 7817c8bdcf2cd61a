#include "sweep/steps/gil.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/gil_share.h"
#include "sweep/steps/curves.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

using GilOutcome = model::GilFinding::Outcome;

enum GilArm : size_t { kNoDelay, kHeld, kReleased };
constexpr size_t kGilArms = 3;

bool ShowsCost(const model::CurveFinding& curve) {
  const std::optional<model::Range>& calls = curve.critical_calls.range;
  return curve.levels.size() > 1 && calls.has_value() && calls->low > 0;
}

// CPython's switch interval: the time after which a thread that waits for the GIL gets it from a
// thread that does not release it.
constexpr double kSwitchSeconds = 0.005;

// A delay of fewer calls, if trials could be longer than --max-slowdown allows should each released
// delay wait a switch interval for the GIL; nullopt otherwise.
std::optional<CallDelay> FewerCalls(const StepContext& context, const Subject& subject,
                                    const CallDelay& delay) {
  constexpr double kMinCalls = 20;
  const double delayed = subject.calls_per_trial / static_cast<double>(delay.frequency);
  const double room = (context.settings.max_slowdown - 1) * context.conductor.TrialSeconds();
  const double allowed = std::max(kMinCalls, room / kSwitchSeconds);
  if (delayed <= allowed) return std::nullopt;
  return CallDelay{delay.per_call_ns, delay.frequency * std::llround(std::ceil(delayed / allowed))};
}

// The time by which each delayed call surely made `trial` longer: its delay, and its wait for the
// GIL.
double SecondsOfDelayedCall(const model::Trial& trial, const Subject& subject,
                            const Baseline& baseline, const CallDelay& delay) {
  constexpr double kDeviations = 4;
  constexpr double kUnknownNoise = 0.1;
  const double noise = baseline.noise > 0 ? baseline.noise : kUnknownNoise;
  const double longer =
      trial.seconds_per_unit - baseline.control_seconds * (1 + kDeviations * noise);
  const double delayed = subject.calls_per_unit / static_cast<double>(delay.frequency);
  return delayed > 0 ? std::max(0.0, longer) / delayed : 0;
}

// If each released delay waits long for the GIL, trials may last hundreds of times as long. A trial
// with few delayed calls shows that: sets GilFinding::wait_seconds.
absl::Status ProbeRelease(const StepContext& context, const Baseline& baseline,
                          const std::string& part, const Subject& subject, const CallDelay& delay,
                          model::GilFinding* finding) {
  const std::optional<CallDelay> fewer = FewerCalls(context, subject, delay);
  if (!fewer.has_value()) return absl::OkStatus();
  Arm arm = {"few calls, GIL released", true, {}};
  for (const uint32_t group : subject.groups) {
    arm.treatments.push_back({group, delay.per_call_ns * delay.frequency, fewer->frequency});
  }
  arm.releases_gil = true;
  context.observer.PartBegins(part, 1);
  model::Trial trial;
  absl::Status status = context.conductor.RunOne(absl::StrCat(part, ", few calls"), 0, arm, &trial);
  if (!status.ok()) return status;
  const double seconds = SecondsOfDelayedCall(trial, subject, baseline, *fewer);
  const double delayed = subject.calls_per_unit / static_cast<double>(delay.frequency);
  if (seconds * delayed > (context.settings.max_slowdown - 1) * baseline.control_seconds) {
    const double wait = seconds - static_cast<double>(delay.per_call_ns * delay.frequency) * 1e-9;
    if (wait > 0) finding->wait_seconds = wait;
  }
  return absl::OkStatus();
}

// The mean T of an arm in a block, as measured and without the cost of waiting; nullopt if the
// block lacks the arm.
std::optional<std::pair<double, double>> TimesOfArm(const Settings& settings,
                                                    const BlockedTrials& trials,
                                                    const std::vector<ArmTrial>& block,
                                                    size_t arm) {
  double measured = 0;
  double without_waiting = 0;
  double count = 0;
  for (const ArmTrial& one : block) {
    if (one.is_replaced || one.arm != arm) continue;
    statistics::Observation seen = Observe(one.trial, Subject(), 0, settings);
    measured += seen.seconds_per_unit;
    statistics::SubtractWaiting(trials.waiting, &seen);
    without_waiting += seen.seconds_per_unit;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return std::pair(measured / count, without_waiting / count);
}

// The blocks that have all three arms.
std::vector<statistics::GilBlock> GilBlocksOf(const Settings& settings,
                                              const BlockedTrials& trials) {
  std::vector<statistics::GilBlock> blocks;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    const auto control = TimesOfArm(settings, trials, block, kNoDelay);
    const auto held = TimesOfArm(settings, trials, block, kHeld);
    const auto released = TimesOfArm(settings, trials, block, kReleased);
    if (!control.has_value() || !held.has_value() || !released.has_value()) continue;
    blocks.push_back({{control->first, held->first, released->first},
                      {control->second, held->second, released->second}});
  }
  return blocks;
}

void JudgeModes(const Settings& settings, size_t looks, BlockedTrials* trials,
                model::GilFinding* finding) {
  UpdateWaiting(trials);
  const std::vector<statistics::GilBlock> blocks = GilBlocksOf(settings, *trials);
  if (blocks.empty()) return;
  const int64_t delay_ns = finding->delay_ns;
  *finding = statistics::JudgeGil(
      blocks, {.looks = looks,
               .confidence = settings.blocks.has_value() ? 0.95 : statistics::kVersionConfidence,
               .grid_seconds = GridOf(*trials)});
  finding->delay_ns = delay_ns;
}

absl::Status RunModes(const StepContext& context, const std::string& part, double until_seconds,
                      BlockedTrials* trials, model::GilFinding* finding) {
  const Settings& settings = context.settings;
  Conductor& conductor = context.conductor;
  const std::vector<size_t> block = {kNoDelay, kHeld, kReleased};
  std::vector<size_t> looks(statistics::kVersionLooks.begin(), statistics::kVersionLooks.end());
  if (settings.blocks.has_value()) looks = {*settings.blocks};
  absl::Status status;
  for (const size_t look : looks) {
    bool has_time = true;
    context.observer.PartBegins(
        part, TrialsUntilLook(settings, trials->blocks.size(), look, looks.front(), kGilArms));
    while (status.ok() && has_time && trials->blocks.size() < look) {
      const double seconds = conductor.TrialSeconds() * static_cast<double>(kGilArms);
      has_time = settings.blocks.has_value() || trials->blocks.size() < looks.front() ||
                 conductor.seconds() + seconds <= until_seconds;
      if (has_time) status = conductor.RunBlock(part, block, false, trials);
    }
    if (status.ok()) status = RepeatStalls(context, trials);
    JudgeModes(settings, looks.size(), trials, finding);
    if (!status.ok() || !has_time || statistics::IsDecided(*finding)) break;
  }
  return status;
}

}  // namespace

absl::Status CompareGilModes(const StepContext& context, const Baseline& baseline,
                             const std::string& part, const Subject& subject, double until_seconds,
                             model::Result* result) {
  model::GilFinding& finding = result->gil.emplace();
  if (!ShowsCost(result->curve)) return absl::OkStatus();
  finding.delay_ns = result->curve.levels.back().delay_ns;
  const CallDelay delay = {finding.delay_ns,
                           statistics::FrequencyFor({finding.delay_ns}, subject.calls_per_trial,
                                                    context.settings.frequency)};
  absl::Status status = ProbeRelease(context, baseline, part, subject, delay, &finding);
  if (finding.wait_seconds > 0) finding.outcome = GilOutcome::kReleasedSlower;
  if (!status.ok()) result->gil.reset();
  if (!status.ok() || finding.wait_seconds > 0) return status;
  const std::string a_call = absl::StrCat(FormatTimeNs(finding.delay_ns), " a call, GIL ");
  BlockedTrials trials;
  trials.arms = {{"control", true, {}},
                 ArmOf(absl::StrCat(a_call, "held"), subject, delay),
                 ArmOf(absl::StrCat(a_call, "released"), subject, delay)};
  trials.arms[kReleased].releases_gil = true;
  status = RunModes(context, part, until_seconds, &trials, &finding);
  if (finding.blocks == 0) result->gil.reset();
  return status;
}

}  // namespace pyslow::steps
