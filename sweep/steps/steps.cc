#include "sweep/steps/steps.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

constexpr size_t kFewestOfBudget = 2;  // blocks

}  // namespace

void Tell(State* state, render::Step step, std::string sentence, std::string next) {
  constexpr const char* kNames[] = {"1. Count", "2. Global impact", "3. Opportunity",
                                    "4. Subsystems", "5. Focus"};
  state->findings.steps.push_back(
      {step, kNames[static_cast<int>(step)], std::move(sentence), std::move(next)});
  state->observer.StepDone(state->findings.steps.back(), state->findings);
}

size_t BlocksFor(const State& state, size_t by_rule, size_t arms, double share) {
  if (state.settings.blocks.has_value()) return *state.settings.blocks;
  if (!state.settings.budget_seconds.has_value()) return by_rule;
  const double block_seconds =
      state.conductor.MeanTrialSeconds() * static_cast<double>(std::max(arms, size_t{1}));
  const double blocks = *state.settings.budget_seconds * share / std::max(block_seconds, 1e-3);
  return std::clamp(static_cast<size_t>(blocks), kFewestOfBudget, statistics::kMostBlocks);
}

statistics::CurveFinding Judge(const State& state, const Subject& subject,
                               const std::vector<statistics::Block>& blocks,
                               const BlockedTrials& trials) {
  statistics::JudgeOptions options;
  if (const auto& own = subject.own_seconds_per_unit; !own.empty()) {
    const statistics::Estimate mean = statistics::MeanOfBlocks(own);
    if (mean.value > 0) options.own_seconds_per_unit = mean;
  }
  options.metric_names = MetricNames(state.settings);
  statistics::CurveFinding finding = statistics::JudgeCurve(blocks, options);
  if (finding.verdict != statistics::Verdict::kUntested && !trials.IsCalm()) {
    size_t worst = 0;
    for (size_t arm = 0; arm < trials.arms.size(); ++arm) {
      if (trials.clean[arm] < trials.clean[worst]) worst = arm;
    }
    finding.verdict = statistics::Verdict::kInconclusive;
    finding.why =
        absl::StrCat("the machine was disturbed: of ", trials.begun, " blocks, ",
                     trials.clean[worst], " have a calm trial of '", trials.arms[worst].name, "'");
  }
  return finding;
}

}  // namespace pyslow::steps
