// From the GPUs of trials to observations.
#ifndef PYSLOW_SWEEP_STEPS_GPU_OBSERVATIONS_H_
#define PYSLOW_SWEEP_STEPS_GPU_OBSERVATIONS_H_

#include <optional>

#include "sweep/model/trial.h"
#include "sweep/statistics/curve.h"
#include "sweep/steps/conductor.h"

namespace pyslow::steps {

// A GPU that works less, in every trial, does not work for the program.
inline constexpr double kMinGpuBusy = 0.01;

// The index of the GPU that worked most over all trials that count: the first to limit throughput.
// nullopt: none was watched, or none worked.
std::optional<int> BusiestGpu(const BlockedTrials& trials);

// Sets the GPU figures of an observation of `trial`. The GPU time per unit stays unknown if others
// used the GPU too.
void SetGpu(const model::Trial& trial, int index, statistics::Observation* observation);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_GPU_OBSERVATIONS_H_
