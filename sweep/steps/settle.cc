#include "sweep/steps/settle.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/settling.h"

namespace pyslow::steps {
namespace {

constexpr size_t kSwitches = 3;  // in each direction
constexpr size_t kFewestSamples = 3;

// T between one point of a trial's course and the next.
statistics::Step StepOf(const trials::Trial& trial, bool up) {
  statistics::Step step;
  step.up = up;
  for (size_t i = 1; i < trial.course.size(); ++i) {
    const trials::CoursePoint& before = trial.course[i - 1];
    const trials::CoursePoint& after = trial.course[i];
    if (after.units <= before.units) continue;
    step.samples.push_back(
        {(before.seconds + after.seconds) / 2,
         (after.seconds - before.seconds) / static_cast<double>(after.units - before.units)});
  }
  return step;
}

}  // namespace

absl::Status FindSettling(State* state, int64_t largest_ns) {
  const CallDelay delay = {largest_ns,
                           statistics::FrequencyFor({largest_ns}, state->everything.calls_per_trial,
                                                    state->settings.frequency)};
  BlockedTrials trials;
  trials.keeps_order = true;
  trials.keeps_disturbed = true;
  trials.arms = {
      {"control", true, {}},
      ArmOf(absl::StrCat(FormatTimeNs(largest_ns), " a call"), state->everything, delay)};
  absl::Status status = state->conductor.RunBlocks("settling", kSwitches, &trials);
  if (!status.ok()) return status;
  std::vector<statistics::Step> steps;
  for (const std::vector<trials::Trial>& block : trials.blocks) {
    for (size_t arm = 0; arm < block.size(); ++arm) {
      statistics::Step step = StepOf(block[arm], arm == 1);
      if (step.samples.size() >= kFewestSamples) steps.push_back(std::move(step));
    }
  }
  if (steps.empty()) return absl::OkStatus();  // --load says itself what a trial is
  const statistics::Settling settling = statistics::FitSettling(steps);
  if (settling.constant_seconds.has_value()) {
    state->conductor.SetSettlingConstant(*settling.constant_seconds);
  } else {
    state->findings.warnings.push_back(
        "The program had not settled by the end of an interval after a change of its delays: what "
        "is measured lags behind. Give longer intervals with --interval.");
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
