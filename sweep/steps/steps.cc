#include "sweep/steps/steps.h"

#include <algorithm>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/judge.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

constexpr size_t kMinBlocksOfBudget = 2;

// The arm with the fewest calm trials is the reason.
model::Reason DisturbedReason(const BlockedTrials& trials) {
  size_t worst = 0;
  for (size_t arm = 0; arm < trials.arms.size(); ++arm) {
    if (trials.clean[arm] < trials.clean[worst]) worst = arm;
  }
  model::Reason reason;
  reason.kind = model::Reason::Kind::kDisturbed;
  reason.blocks_begun = trials.begun;
  reason.calm_trials = trials.clean[worst];
  reason.arm = trials.arms[worst].name;
  return reason;
}

}  // namespace

Baseline BaselineOf(double control_seconds, const Settings& settings) {
  return {control_seconds, (settings.max_slowdown - 1) * control_seconds};
}

size_t BlocksFor(const StepContext& context, size_t by_rule, size_t arms, double share) {
  const Settings& settings = context.settings;
  if (settings.blocks.has_value()) return *settings.blocks;
  if (!settings.budget_seconds.has_value()) return by_rule;
  const double block_seconds =
      context.conductor.MeanTrialSeconds() * static_cast<double>(std::max(arms, size_t{1}));
  const double blocks = *settings.budget_seconds * share / std::max(block_seconds, 1e-3);
  return std::clamp(static_cast<size_t>(blocks), kMinBlocksOfBudget, statistics::kMaxBlocks);
}

model::CurveFinding Judge(const Settings& settings, const Subject& subject,
                          const std::vector<statistics::Block>& blocks,
                          const BlockedTrials& trials) {
  statistics::JudgeOptions options;
  if (const auto& own = subject.own_seconds_per_unit; !own.empty()) {
    const model::Estimate mean = statistics::MeanOfBlocks(own);
    if (mean.value > 0) options.own_seconds_per_unit = mean;
  }
  options.metric_names = MetricNames(settings);
  model::CurveFinding finding = statistics::JudgeCurve(blocks, options);
  if (finding.verdict() != model::Verdict::kUntested && !trials.IsCalm()) {
    model::WithholdVerdict(DisturbedReason(trials), &finding);
  }
  return finding;
}

}  // namespace pyslow::steps
