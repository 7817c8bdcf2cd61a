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
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

using GilOutcome = model::GilFinding::Outcome;

enum GilArm : size_t { kNoDelay, kHeld, kReleased };
constexpr size_t kGilArms = kReleased + 1;

bool ShowsCost(const model::CurveFinding& curve) {
  const std::optional<model::Range>& calls = curve.critical_calls.range;
  return curve.levels.size() > 1 && calls.has_value() && calls->low > 0;
}

// CPython's switch interval: the time after which a thread that waits for the GIL gets it from a
// thread that does not release it.
constexpr double kSwitchSeconds = 0.005;

// The frequency of a delay of fewer calls, if trials could be longer than --max-slowdown allows
// should each released delay wait a switch interval for the GIL; nullopt otherwise.
std::optional<int64_t> LowerFrequency(const StepContext& context, const Subject& subject,
                                      const CallDelay& delay) {
  constexpr double kMinCalls = 20;
  const double delayed = subject.calls_per_trial / static_cast<double>(delay.frequency);
  const double room = (context.settings.max_slowdown - 1) * context.conductor.TrialSeconds();
  const double allowed = std::max(kMinCalls, room / kSwitchSeconds);
  if (delayed <= allowed) return std::nullopt;
  return delay.frequency * std::llround(std::ceil(delayed / allowed));
}

// The time by which each delayed call surely made `trial` longer: its delay, and its wait for the
// GIL.
double SecondsOfDelayedCall(const model::Trial& trial, const Subject& subject,
                            const Baseline& baseline, int64_t frequency) {
  constexpr double kDeviations = 4;
  constexpr double kUnknownNoise = 0.1;
  const double noise = baseline.noise > 0 ? baseline.noise : kUnknownNoise;
  const double longer =
      trial.seconds_per_unit - baseline.control_seconds * (1 + kDeviations * noise);
  const double delayed = subject.calls_per_unit / static_cast<double>(frequency);
  return delayed > 0 ? std::max(0.0, longer) / delayed : 0;
}

// If each released delay waits long for the GIL, trials may last hundreds of times as long. A trial
// with few delayed calls shows that: sets GilFinding::wait_seconds.
absl::Status ProbeRelease(const StepContext& context, const Baseline& baseline,
                          const std::string& part, const Subject& subject, const CallDelay& delay,
                          model::GilFinding* finding) {
  const std::optional<int64_t> frequency = LowerFrequency(context, subject, delay);
  if (!frequency.has_value()) return absl::OkStatus();
  Arm arm = ArmOf("few calls, GIL released", subject, delay);
  for (model::Treatment& treatment : arm.treatments) treatment.frequency = *frequency;
  arm.releases_gil = true;
  context.observer.PartBegins(part, 1);
  model::Trial trial;
  absl::Status status = context.conductor.RunOne(absl::StrCat(part, ", few calls"), 0, arm, &trial);
  if (!status.ok()) return status;
  const double seconds = SecondsOfDelayedCall(trial, subject, baseline, *frequency);
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

// Whether more trials are of no use.
bool JudgeModes(const Settings& settings, BlockedTrials* trials, model::GilFinding* finding) {
  UpdateWaiting(trials);
  const std::vector<statistics::GilBlock> blocks = GilBlocksOf(settings, *trials);
  if (blocks.empty()) return false;
  const int64_t delay_ns = finding->delay_ns;
  *finding = statistics::JudgeGil(
      blocks, {.looks = VersionLooksOf(settings).size(),
               .confidence = settings.blocks.has_value() ? 0.95 : statistics::kVersionConfidence,
               .grid_seconds = GridOf(*trials)});
  finding->delay_ns = delay_ns;
  return statistics::IsDecided(*finding);
}

}  // namespace

size_t TrialsOfGil(const Settings& settings) {
  return settings.steps.gil ? VersionLooksOf(settings).front() * kGilArms : 0;
}

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
  status = RunUntilDecided(context, part, {kNoDelay, kHeld, kReleased},
                           statistics::kVersionLooks.front(), until_seconds, &trials,
                           [&] { return JudgeModes(context.settings, &trials, &finding); });
  if (finding.blocks == 0) result->gil.reset();
  return status;
}

}  // namespace pyslow::steps
