#include "sweep/steps/screening.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sweep/statistics/screen.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/plan.h"

namespace pyslow::steps {
namespace {

constexpr size_t kLeadingFactors = 10;
constexpr double kSecondDose = 2.5;      // times the first, R8
constexpr double kMostDoseShare = 0.25;  // of T0, for one function where there are few
constexpr size_t kTogetherTrials = 32;   // R9: half of them with all functions slowed

// Slows `subject` by the dose in `arm` too.
void Add(const State& state, const Subject& subject, double dose_seconds, Arm* arm) {
  const Arm one = ArmOf("", subject, DelayFor(subject, dose_seconds, state.settings.frequency));
  arm->treatments.insert(arm->treatments.end(), one.treatments.begin(), one.treatments.end());
}

// Of each trial of a design of these subjects.
std::vector<Arm> ArmsOf(const State& state, const statistics::ScreenDesign& design,
                        const std::vector<Subject>& subjects, double dose_seconds) {
  std::vector<Arm> arms;
  for (const std::vector<bool>& trial : design.trials) {
    Arm arm;
    arm.name = "about half of the functions";
    for (size_t i = 0; i < subjects.size(); ++i) {
      if (trial[design.factor_of[i]]) Add(state, subjects[i], dose_seconds, &arm);
    }
    arms.push_back(std::move(arm));
  }
  return arms;
}

// The dose that `subject` gets where it is to have `dose_seconds`, as far as 1 ms a call allows.
double DoseOf(const Subject& subject, double dose_seconds) {
  return static_cast<double>(DelayFor(subject, dose_seconds, 1).per_call_ns) * 1e-9 *
         subject.calls_per_unit;
}

statistics::ScreenedBefore KnownBefore(const std::vector<Subject>& subjects, double dose_seconds,
                                       double noise_seconds) {
  statistics::ScreenedBefore before;
  before.noise_seconds = noise_seconds;
  for (const Subject& subject : subjects) {
    before.dose_seconds.push_back(DoseOf(subject, dose_seconds));
    before.worth.push_back(FirstOwnSecondsOf(subject.own_seconds_per_unit));
  }
  const bool is_known = std::any_of(before.worth.begin(), before.worth.end(),
                                    [](double seconds) { return seconds > 0; });
  if (!is_known) before.worth.clear();
  return before;
}

// T of each trial of the design, which are all arms of one block. Disturbed ones count as they are:
// a design has no room for gaps.
absl::Status RunDesign(State* state, const std::string& part, const std::vector<Arm>& arms,
                       std::vector<double>* seconds) {
  BlockedTrials trials;
  trials.arms = arms;
  trials.keeps_disturbed = true;
  trials.keeps_order = true;
  absl::Status status = state->conductor.RunBlocks(part, 1, &trials);
  if (!trials.blocks.empty()) {
    for (size_t arm = 0; arm < arms.size(); ++arm) {
      seconds->push_back(trials.blocks.front()[arm].seconds_per_unit);
    }
  }
  return status;
}

// T of the first stage, and of trials with none and with all slowed.
struct FirstScreen {
  statistics::ScreenTimes times;
  std::vector<double> off;
  std::vector<double> on;
};

// The first stage, and among its trials, so that the machine's slow changes meet all alike, those
// of R9.
absl::Status RunFirstScreen(State* state, const std::vector<Subject>& subjects,
                            const std::vector<Arm>& designed, double dose_seconds,
                            FirstScreen* screen) {
  Arm all;
  all.name = "all functions together";
  for (const Subject& subject : subjects) Add(*state, subject, dose_seconds, &all);
  std::vector<Arm> arms;
  std::vector<std::vector<double>*> kept_in;  // by arm
  for (size_t trial = 0; trial < designed.size(); ++trial) {
    arms.push_back(designed[trial]);
    kept_in.push_back(&screen->times);
    const size_t together = trial * kTogetherTrials / designed.size();
    if ((trial + 1) * kTogetherTrials / designed.size() == together) continue;
    const bool is_on = together % 4 == 1 || together % 4 == 2;
    arms.push_back(is_on ? all : Arm{"control", true, {}});
    kept_in.push_back(is_on ? &screen->on : &screen->off);
  }
  std::vector<double> seconds;
  absl::Status status = RunDesign(state, "screen", arms, &seconds);
  for (size_t arm = 0; arm < seconds.size(); ++arm) kept_in[arm]->push_back(seconds[arm]);
  return status;
}

// Functions that hide one at a time and count together.
void TellHiddenSlack(const FirstScreen& screen, State* state) {
  const statistics::Estimate curvature = statistics::Curvature(screen.off, screen.on, screen.times);
  if (curvature.range.has_value() && curvature.range->low > 0) {
    state->findings.warnings.push_back(
        "Some functions hide only as long as others are fast: slowed together they cost more than "
        "the sum of what each costs. A function that is called hidden here has a part in that.");
  }
}

render::Result ScreenedResult(const Subject& subject, const statistics::ScreenedFunction& screened,
                              double control_seconds) {
  render::Result result = ResultOf(subject);
  statistics::CurveFinding& curve = result.curve;
  curve.verdict = statistics::Verdict::kInconclusive;
  curve.why = screened.found ? "slows the unit in the screen; a curve of its own tells how"
                             : "not seen to slow the unit in the screen";
  curve.calls_per_unit = statistics::Estimate{subject.calls_per_unit, std::nullopt};
  curve.change_at_largest_dose =
      statistics::Estimate{-screened.effect_seconds.value / control_seconds, std::nullopt};
  return result;
}

}  // namespace

absl::Status Screen(State* state, const std::vector<Subject>& subjects, Comparison* comparison) {
  const uint64_t seed = SeedOf(state->settings.seed, "screen");
  const auto count = static_cast<double>(subjects.size());
  // Half of the functions are slowed at a time, by one T0 together; all of them, which some trials
  // come near to, by no more than --max-slowdown allows.
  const double room = std::min(state->control_seconds, state->most_dose_seconds);
  const double dose =
      std::min({2 * room / count, kMostDoseShare * room, state->most_dose_seconds / count});
  const statistics::ScreenDesign design = statistics::DesignScreen(subjects.size(), seed);
  FirstScreen first;
  absl::Status status =
      RunFirstScreen(state, subjects, ArmsOf(*state, design, subjects, dose), dose, &first);
  if (!status.ok()) return status;
  TellHiddenSlack(first, state);
  const std::vector<size_t> leading = statistics::LeadingFunctions(
      design, first.times,
      KnownBefore(subjects, dose, statistics::NoiseOfAlike(first.off, first.on)), kLeadingFactors);
  std::vector<Subject> again;
  again.reserve(leading.size());
  for (const size_t subject : leading) again.push_back(subjects[subject]);
  const statistics::ScreenDesign second = statistics::DesignSecondScreen(leading, seed);
  const auto again_count = static_cast<double>(again.size());
  const double second_dose =
      std::min({std::max(kSecondDose * dose, 2 * room / again_count),
                kSecondDose * kMostDoseShare * room, state->most_dose_seconds / again_count});
  statistics::ScreenTimes times;
  status = RunDesign(state, "screen again", ArmsOf(*state, second, again, second_dose), &times);
  if (!status.ok()) return status;
  std::vector<statistics::ScreenedFunction> screened = statistics::JudgeScreen(second, times);
  // Those found by what they are worth, the others by how near they came to it.
  const auto place = [&](const statistics::ScreenedFunction& function) {
    if (!function.found) return Worth(-1, -function.p_value);
    const Subject& subject = again[function.function];
    const double share = function.effect_seconds.value / DoseOf(subject, second_dose);
    return Worth(share * FirstOwnSecondsOf(subject.own_seconds_per_unit), share);
  };
  std::stable_sort(screened.begin(), screened.end(),
                   [&](const auto& a, const auto& b) { return place(a) > place(b); });
  for (const statistics::ScreenedFunction& function : screened) {
    comparison->results.push_back(
        ScreenedResult(again[function.function], function, state->control_seconds));
    comparison->subject_of.push_back(leading[function.function]);
    comparison->found.push_back(function.found);
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
