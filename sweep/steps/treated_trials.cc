#include "sweep/steps/treated_trials.h"

#include <algorithm>

#include "sweep/statistics/pooled_slope.h"

namespace pyslow::steps {

std::vector<TreatedTrial> TrialsOf(const BlockedTrials& trials, const std::vector<CurveArm>& arms) {
  std::vector<TreatedTrial> treated;
  for (size_t block = 0; block < trials.blocks.size(); ++block) {
    for (const ArmTrial& one : trials.blocks[block]) {
      const auto arm = std::find_if(arms.begin(), arms.end(),
                                    [&](const CurveArm& a) { return a.arm == one.arm; });
      if (one.is_replaced || arm == arms.end()) continue;
      treated.push_back({&one.trial, block, arm->per_call_ns});
    }
  }
  return treated;
}

bool IsReported(const Settings& settings) {
  return settings.trials.measure == trials::Measure::kThroughput ||
         settings.trials.measure == trials::Measure::kTime;
}

std::optional<model::Estimate> ShareInWallTime(const std::vector<TreatedTrial>& treated,
                                               const Subject& subject) {
  constexpr double kConfidence = 0.95;
  std::vector<statistics::PooledTrial> pooled;
  for (const TreatedTrial& one : treated) {
    if (!one.trial->counts.has_value()) return std::nullopt;
    statistics::PooledTrial& trial = pooled.emplace_back();
    trial.block = one.block;
    trial.x = static_cast<double>(one.per_call_ns) * 1e-9;
    trial.dose = SpunSecondsOfProcess(*one.trial, subject);
    trial.y = one.trial->wall_seconds;
  }
  const std::optional<statistics::PooledSlope> slope = statistics::FitPooledSlope(pooled);
  if (!slope.has_value()) return std::nullopt;
  return slope->WithInterval(kConfidence);
}

}  // namespace pyslow::steps
