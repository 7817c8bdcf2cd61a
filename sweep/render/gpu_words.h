// Sentences and figures about GPUs.
#ifndef PYSLOW_SWEEP_RENDER_GPU_WORDS_H_
#define PYSLOW_SWEEP_RENDER_GPU_WORDS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sweep/model/gpu.h"
#include "sweep/model/warning.h"

namespace pyslow::render {

// Table cells of an optional figure; "-": unknown.
std::string GpuBusyText(const std::optional<model::Estimate>& busy);
std::string GpuTimeText(const std::optional<model::Estimate>& seconds);

// The GPU's time per unit, or else its busy share; and what the figure means, such as "GPU time of
// a step, flat over the delays; for 2.0ms [1.9, 2.1] of a step the GPU idles".
std::string GpuFigure(const model::GpuFinding& gpu);
std::string GpuMeaning(const model::GpuFinding& gpu, absl::string_view unit);

// Of kGpuLimits, kGpuThrottled and kGpuShared; "" for others.
std::string GpuWarning(const model::Warning& warning, absl::string_view unit);

// How the busy share was read, by GpuUse::source: "by hardware counters (GPM)".
absl::string_view GpuSourceText(absl::string_view source);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_GPU_WORDS_H_
