#include "sweep/steps/forecast.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "sweep/statistics/arms.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/gil.h"
#include "sweep/steps/parts.h"

namespace pyslow::steps {
namespace {

// Of the subsystems, those with the most own time.
constexpr size_t kUsualWinners = 2;
constexpr size_t kUsualBlocksOfSmallDoses = 2;
constexpr size_t kDosesOfCurve = 3;

size_t TrialsOfComparison(const Settings& settings, size_t subjects) {
  if (subjects < 2) return 0;
  const size_t block = subjects + statistics::ControlsOf(subjects);
  if (settings.blocks.has_value()) return *settings.blocks * block;
  // Half of the subjects leave a block earlier.
  return kUsualBlocksOfComparison * block - subjects / 2;
}

// The functions of the subsystems that are usually examined; all functions if none are compared.
std::vector<CalledFunction> UsualCandidates(const CountResult& count, std::vector<Subject> groups) {
  if (groups.empty()) return count.counted;
  std::erase_if(groups, [](const Subject& group) { return group.polls; });
  absl::c_stable_sort(groups, [](const Subject& a, const Subject& b) {
    return FirstOwnSecondsOf(a.own_seconds_per_unit) > FirstOwnSecondsOf(b.own_seconds_per_unit);
  });
  groups.resize(std::min(groups.size(), kUsualWinners));
  std::vector<CalledFunction> candidates;
  for (const CalledFunction& function : count.counted) {
    const bool is_in = absl::c_any_of(groups, [&](const Subject& group) {
      return absl::c_linear_search(group.groups, function.group);
    });
    if (is_in) candidates.push_back(function);
  }
  return candidates;
}

// Those of `subjects` that would be compared.
std::vector<Subject> Compared(const Settings& settings, const Baseline& baseline,
                              const std::vector<Subject>& subjects) {
  std::vector<model::Result> left_out;
  std::vector<Subject> eligible = Eligible(settings, baseline, subjects, &left_out);
  if (eligible.size() > kMaxCompared) eligible.resize(kMaxCompared);
  return eligible;
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

size_t TrialsOfSmallDoses(const Settings& settings, size_t functions) {
  // Each of a few functions is too large a part of all calls to be what does not count.
  if (functions <= 2 * kMaxLeaders) return 0;
  return settings.blocks.value_or(kUsualBlocksOfSmallDoses) *
         (functions + statistics::ControlsOf(functions));
}

size_t TrialsAfter(model::Step step, const Settings& settings, const CountResult& count,
                   const Baseline& baseline) {
  size_t trials = 0;
  std::vector<Subject> groups;
  if (step < model::Step::kGil) trials += TrialsOfGil(settings);
  if (settings.steps.isolate) {
    groups = Compared(settings, baseline, count.groups.subjects);
    if (step < model::Step::kSubsystems) trials += TrialsOfComparison(settings, groups.size());
  }
  if (!settings.steps.focus) return trials;
  Subjects all = FunctionsOf(UsualCandidates(count, std::move(groups)), count.counted, count.units);
  SetOwnTrials(count.own_trial_seconds, count.everything.all_calls_per_unit, &all);
  const size_t functions = Compared(settings, baseline, all.subjects).size();
  return trials + TrialsOfComparison(settings, functions) +
         TrialsOfSmallDoses(settings, functions) + TrialsOfCurves(settings, functions);
}

}  // namespace pyslow::steps
