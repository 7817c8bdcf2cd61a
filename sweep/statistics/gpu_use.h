// The work of the GPU over the delays of a curve: rule R29 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_GPU_USE_H_
#define PYSLOW_SWEEP_STATISTICS_GPU_USE_H_

#include <optional>
#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/model/gpu.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// nullopt: no trial at the control has Observation::gpu_busy.
std::optional<model::GpuFinding> GpuFindingOf(const std::vector<Block>& blocks, double confidence);

// Sets finding.gpu and the GPU figures of finding.levels, and limits the predictions to
// GpuFinding::gain_limit. After AddPredictions. Verdict and κ do not use these figures.
void AddGpu(const std::vector<Block>& blocks, double confidence, model::CurveFinding& finding);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_GPU_USE_H_
