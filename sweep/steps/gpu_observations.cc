#include "sweep/steps/gpu_observations.h"

#include <algorithm>
#include <map>

namespace pyslow::steps {

std::optional<int> BusiestGpu(const BlockedTrials& trials) {
  std::map<int, double> sums;
  double most = 0;
  for (const auto& block : trials.blocks) {
    for (const ArmTrial& one : block) {
      if (one.is_replaced) continue;
      for (const model::GpuUse& gpu : one.trial.gpus) {
        sums[gpu.index] += gpu.busy;
        most = std::max(most, gpu.busy);
      }
    }
  }
  if (most < kMinGpuBusy) return std::nullopt;
  const auto busiest = std::max_element(
      sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return busiest->first;
}

void SetGpu(const model::Trial& trial, int index, statistics::Observation* observation) {
  for (const model::GpuUse& gpu : trial.gpus) {
    if (gpu.index != index || gpu.is_shared) continue;  // the work of others is in it
    observation->gpu_busy = gpu.busy;
    observation->gpu_seconds = gpu.seconds_per_unit;
  }
}

}  // namespace pyslow::steps
