#include "sweep/steps/forecast.h"

#include <algorithm>
#include <vector>

#include "sweep/statistics/arms.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/gil.h"
#include "sweep/steps/parts.h"

namespace pyslow::steps {
namespace {

// Most subsystems are hidden.
constexpr size_t kUsualWinners = 2;
constexpr size_t kDosesOfCurve = 3;

size_t TrialsOfComparison(const Settings& settings, size_t subjects) {
  if (subjects < 2) return 0;
  const size_t block = subjects + statistics::ControlsOf(subjects);
  if (settings.blocks.has_value()) return *settings.blocks * block;
  // Half of the subjects leave a block earlier.
  return kUsualBlocksOfComparison * block - subjects / 2;
}

// The number of `subjects` that would be compared.
size_t Compared(const Settings& settings, const Baseline& baseline,
                const std::vector<Subject>& subjects) {
  std::vector<model::Result> left_out;
  return std::min(Eligible(settings, baseline, subjects, &left_out).size(), kMaxCompared);
}

}  // namespace

size_t TrialsUntilLook(const Settings& settings, size_t done, size_t look, size_t usual,
                       size_t arms) {
  const size_t blocks = settings.blocks.has_value() ? look : std::max(look, usual);
  return (blocks - std::min(done, blocks)) * arms;
}

size_t TrialsOfComparedParts(const Settings& settings) {
  constexpr size_t kUsualParts = 3;
  return TrialsOfComparison(settings, kUsualParts);
}

size_t TrialsOfParts(const Settings& settings, int steps) {
  return static_cast<size_t>(steps) * (kCountTrials + TrialsOfComparedParts(settings));
}

size_t TrialsAfterCurves(const Settings& settings) {
  return TrialsOfGil(settings) + TrialsOfParts(settings, settings.steps.parts());
}

size_t TrialsOfCurves(const Settings& settings, size_t functions) {
  const size_t curves = settings.blocks.value_or(kUsualBlocksOfCurve) *
                        (1 + kDosesOfCurve * std::min(functions, kMaxLeaders));
  return curves + TrialsAfterCurves(settings);
}

size_t TrialsAfter(model::Step step, const Settings& settings, const CountResult& count,
                   const Baseline& baseline) {
  size_t trials = 0;
  size_t winners = 0;
  size_t groups = 0;
  if (step < model::Step::kGil) trials += TrialsOfGil(settings);
  if (settings.steps.isolate) {
    groups = Compared(settings, baseline, count.groups.subjects);
    winners = std::min(groups, kUsualWinners);
    if (step < model::Step::kSubsystems) trials += TrialsOfComparison(settings, groups);
  }
  if (!settings.steps.focus) return trials;
  Subjects all = FunctionsOf(count.counted, count.counted, count.units);
  SetOwnTrials(count.own_trial_seconds, count.everything.all_calls_per_unit, &all);
  size_t functions = Compared(settings, baseline, all.subjects);
  if (groups > 0) functions = (functions * winners + groups - 1) / groups;
  return trials + TrialsOfComparison(settings, functions) + TrialsOfCurves(settings, functions);
}

}  // namespace pyslow::steps
