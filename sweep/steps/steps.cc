#include "sweep/steps/steps.h"

#include <algorithm>

#include "sweep/statistics/design.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
Baseline BaselineOf(double control_seconds, const Settings& settings) {
  return {control_seconds, (settings.max_slowdown - 1) * control_seconds};
}

double UntilSeconds(const StepContext& context, double share) {
  const double used = context.conductor.seconds();
  return used + share * std::max(0.0, BudgetSecondsOf(context.settings) - used);
}

bool HasTimeFor(const StepContext& context, size_t trials, bool is_other_setup) {
  const Conductor& conductor = context.conductor;
  const trials::TrialSettings& settings = context.settings.trials;
  const bool starts = is_other_setup && (settings.live || settings.is_server);
  const double needed = (starts ? conductor.StartSeconds() : 0) +
                        static_cast<double>(trials) * conductor.TrialSeconds();
  return conductor.seconds() + needed <= BudgetSecondsOf(context.settings);
}

statistics::JudgeOptions OptionsFor(const Settings& settings, const Subject& subject,
                                    double control_seconds) {
  statistics::JudgeOptions options;
  if (!settings.blocks.has_value()) options.confidence = statistics::kLookConfidence;
  const model::Estimate own = OwnTimeIn(subject, control_seconds);
  if (own.value > 0) options.own_seconds_per_unit = own;
  options.metric_names = MetricNames(settings);
  return options;
}

model::CurveFinding Judge(const Settings& settings, const Subject& subject,
                          const std::vector<statistics::Block>& blocks) {
  return statistics::JudgeCurve(
      blocks, OptionsFor(settings, subject, statistics::ControlTimesOf(blocks).mean));
}

}  // namespace pyslow::steps
