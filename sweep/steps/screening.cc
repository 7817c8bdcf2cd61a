#include "sweep/steps/screening.h"

#include <algorithm>
#include <utility>

#include "sweep/statistics/screen.h"
#include "sweep/steps/block_order.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

constexpr size_t kLeadingFactors = 10;
constexpr double kSecondDose = 2.5;     // times the first, R8
constexpr double kMaxDoseShare = 0.25;  // of T0, for one of few functions
constexpr size_t kTogetherTrials = 32;  // R9: half of them slow all functions

// Adds a dose of `subject` to `arm`.
void Add(const Settings& settings, const Subject& subject, double dose_seconds, Arm* arm) {
  const Arm one = ArmOf("", subject, DelayFor(subject, dose_seconds, settings.frequency));
  arm->treatments.insert(arm->treatments.end(), one.treatments.begin(), one.treatments.end());
}

// One arm for each trial of a design of these subjects.
std::vector<Arm> ArmsOf(const Settings& settings, const statistics::ScreenDesign& design,
                        const std::vector<Subject>& subjects, double dose_seconds) {
  std::vector<Arm> arms;
  for (const std::vector<bool>& trial : design.trials) {
    Arm arm;
    arm.name = "about half of the functions";
    for (size_t i = 0; i < subjects.size(); ++i) {
      if (trial[design.factor_of[i]]) Add(settings, subjects[i], dose_seconds, &arm);
    }
    arms.push_back(std::move(arm));
  }
  return arms;
}

// The dose that `subject` gets if `dose_seconds` is requested, limited by 1 ms per call.
double DoseOf(const Subject& subject, double dose_seconds) {
  return static_cast<double>(DelayFor(subject, dose_seconds, 1).per_call_ns) * 1e-9 *
         subject.calls_per_unit;
}

statistics::ScreenPrior PriorOf(const std::vector<Subject>& subjects, double dose_seconds,
                                double noise_seconds) {
  statistics::ScreenPrior prior;
  prior.noise_seconds = noise_seconds;
  for (const Subject& subject : subjects) {
    prior.dose_seconds.push_back(DoseOf(subject, dose_seconds));
    prior.max_savings.push_back(FirstOwnSecondsOf(subject.own_seconds_per_unit));
  }
  const bool is_known = std::any_of(prior.max_savings.begin(), prior.max_savings.end(),
                                    [](double seconds) { return seconds > 0; });
  if (!is_known) prior.max_savings.clear();
  return prior;
}

// Runs a design, whose trials are the arms of one block, and sets T of each. Disturbed trials count
// too, since a design has no room for gaps.
absl::Status RunDesign(const StepContext& context, const std::string& part,
                       const std::vector<Arm>& arms, std::vector<double>* seconds) {
  BlockedTrials trials;
  trials.arms = arms;
  trials.keeps_disturbed = true;
  trials.keeps_order = true;
  absl::Status status = context.conductor.RunBlocks(part, 1, &trials);
  if (!trials.blocks.empty()) {
    for (size_t arm = 0; arm < arms.size(); ++arm) {
      seconds->push_back(trials.blocks.front()[arm].seconds_per_unit);
    }
  }
  return status;
}

// T of the first stage, and of the trials of R9 with no function and with all functions slowed.
struct FirstScreen {
  statistics::ScreenTimes times;
  std::vector<double> off;
  std::vector<double> on;
};

// The first stage. The trials of R9 are spread among its trials, so that drift of the machine
// affects all of them alike.
absl::Status RunFirstScreen(const StepContext& context, const std::vector<Subject>& subjects,
                            const std::vector<Arm>& designed, double dose_seconds,
                            FirstScreen* screen) {
  Arm all;
  all.name = "all functions together";
  for (const Subject& subject : subjects) Add(context.settings, subject, dose_seconds, &all);
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
  absl::Status status = RunDesign(context, "screen", arms, &seconds);
  for (size_t arm = 0; arm < seconds.size(); ++arm) kept_in[arm]->push_back(seconds[arm]);
  return status;
}

// A warning if functions hide one at a time and count together.
void AddHiddenSlack(const FirstScreen& screen, std::vector<model::Warning>* warnings) {
  const model::Estimate curvature = statistics::Curvature(screen.off, screen.on, screen.times);
  if (!curvature.range.has_value() || curvature.range->low <= 0) return;
  model::Warning warning;
  warning.kind = model::Warning::Kind::kHiddenSlack;
  warnings->push_back(std::move(warning));
}

model::Result ScreenedResult(const Subject& subject, const statistics::ScreenedFunction& screened,
                             double control_seconds) {
  model::Result result =
      ResultWithout(subject, screened.found ? model::Reason::Kind::kFoundByScreen
                                            : model::Reason::Kind::kNotFoundByScreen);
  result.curve.change_at_largest_dose =
      model::Estimate{-screened.effect_seconds.value / control_seconds, std::nullopt};
  return result;
}

// Doses in seconds per unit of one function. In each trial about half of the functions are slowed,
// by T0 together; all of them together stay within --max-slowdown.
struct Doses {
  Doses(const Baseline& baseline_, size_t functions) : baseline(baseline_) {
    const auto count = static_cast<double>(functions);
    first =
        std::min({2 * Room() / count, kMaxDoseShare * Room(), baseline.max_dose_seconds / count});
  }
  double Room() const { return std::min(baseline.control_seconds, baseline.max_dose_seconds); }
  double Second(size_t functions) const {
    const auto count = static_cast<double>(functions);
    return std::min({std::max(kSecondDose * first, 2 * Room() / count),
                     kSecondDose * kMaxDoseShare * Room(), baseline.max_dose_seconds / count});
  }
  Baseline baseline;
  double first = 0;
};

// Found functions in the order of a ranking, then the others in ascending order of their p-values.
void Rank(const std::vector<Subject>& subjects, double dose_seconds,
          std::vector<statistics::ScreenedFunction>* screened) {
  const auto rank_key = [&](const statistics::ScreenedFunction& function) {
    if (!function.found) return RankKey{-1, -function.p_value};
    const Subject& subject = subjects[function.function];
    const double share = function.effect_seconds.value / DoseOf(subject, dose_seconds);
    return RankKey{share * FirstOwnSecondsOf(subject.own_seconds_per_unit), share};
  };
  std::stable_sort(screened->begin(), screened->end(),
                   [&](const auto& a, const auto& b) { return rank_key(a) > rank_key(b); });
}

}  // namespace

Comparison Screen(const StepContext& context, const Baseline& baseline,
                  const std::vector<Subject>& subjects, std::vector<model::Warning>* warnings) {
  const Settings& settings = context.settings;
  const uint64_t seed = SeedOf(settings.seed, "screen");
  const Doses doses(baseline, subjects.size());
  const statistics::ScreenDesign design = statistics::DesignScreen(subjects.size(), seed);
  Comparison comparison;
  FirstScreen first;
  comparison.status = RunFirstScreen(
      context, subjects, ArmsOf(settings, design, subjects, doses.first), doses.first, &first);
  if (!comparison.status.ok()) return comparison;
  AddHiddenSlack(first, warnings);
  const std::vector<size_t> leading = statistics::LeadingFunctions(
      design, first.times,
      PriorOf(subjects, doses.first, statistics::NoiseOfAlike(first.off, first.on)),
      kLeadingFactors);
  std::vector<Subject> again;
  again.reserve(leading.size());
  for (const size_t subject : leading) again.push_back(subjects[subject]);
  const statistics::ScreenDesign second = statistics::DesignSecondScreen(leading, seed);
  const double second_dose = doses.Second(again.size());
  statistics::ScreenTimes times;
  comparison.status =
      RunDesign(context, "screen again", ArmsOf(settings, second, again, second_dose), &times);
  if (!comparison.status.ok()) return comparison;
  std::vector<statistics::ScreenedFunction> screened = statistics::JudgeScreen(second, times);
  Rank(again, second_dose, &screened);
  for (const statistics::ScreenedFunction& function : screened) {
    comparison.results.push_back(
        ScreenedResult(again[function.function], function, baseline.control_seconds));
    comparison.subject_of.push_back(leading[function.function]);
    comparison.found.push_back(function.found);
  }
  return comparison;
}

}  // namespace pyslow::steps
