#include "sweep/steps/settle.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/settling.h"
#include "sweep/steps/doses.h"

namespace pyslow::steps {
namespace {

constexpr size_t kSwitches = 3;  // in each direction
constexpr size_t kMinSamples = 3;

// T between consecutive points of a trial's course.
statistics::Step StepOf(const model::Trial& trial, bool up) {
  statistics::Step step;
  step.up = up;
  for (size_t i = 1; i < trial.course.size(); ++i) {
    const model::CoursePoint& before = trial.course[i - 1];
    const model::CoursePoint& after = trial.course[i];
    if (after.units <= before.units) continue;
    step.samples.push_back(
        {(before.seconds + after.seconds) / 2,
         (after.seconds - before.seconds) / static_cast<double>(after.units - before.units)});
  }
  return step;
}

}  // namespace

bool ShowsSettling(const trials::TrialSettings& settings) {
  return settings.live && settings.load.empty() && settings.metric_command.empty();
}

absl::Status FindSettling(const StepContext& context, const Subject& everything, int64_t largest_ns,
                          std::vector<model::Warning>* warnings) {
  if (!ShowsSettling(context.settings.trials)) return absl::OkStatus();
  const CallDelay delay = {largest_ns,
                           statistics::FrequencyFor({largest_ns}, everything.calls_per_trial,
                                                    context.settings.frequency)};
  BlockedTrials trials;
  trials.arms = {{"control", true, {}},
                 ArmOf(absl::StrCat(FormatTimeNs(largest_ns), " a call"), everything, delay)};
  context.observer.PartBegins("settling", 2 * kSwitches);
  for (size_t i = 0; i < kSwitches; ++i) {
    absl::Status status = context.conductor.RunBlock("settling", {0, 1}, true, &trials);
    if (!status.ok()) return status;
  }
  std::vector<statistics::Step> steps;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    for (const ArmTrial& one : block) {
      statistics::Step step = StepOf(one.trial, one.arm == 1);
      if (step.samples.size() >= kMinSamples) steps.push_back(std::move(step));
    }
  }
  if (steps.empty()) return absl::OkStatus();  // too few units
  const statistics::Settling settling = statistics::FitSettling(steps);
  if (settling.constant_seconds.has_value()) {
    context.conductor.SetSettlingConstant(*settling.constant_seconds);
  } else {
    model::Warning warning;
    warning.kind = model::Warning::Kind::kNotSettled;
    warnings->push_back(std::move(warning));
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
