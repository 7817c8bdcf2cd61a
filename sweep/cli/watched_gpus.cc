#include "sweep/cli/watched_gpus.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sweep/render/gpu_words.h"

namespace pyslow::cli {

absl::StatusOr<gpu::Found> FindGpus(const std::string& choice,
                                    const std::vector<std::string>& environment) {
  const absl::StatusOr<gpu::Choice> parsed = gpu::ParseChoice(choice);
  if (!parsed.ok()) return At("--gpu", parsed.status());
  absl::StatusOr<gpu::Found> found = gpu::FindDevices(*parsed, environment);
  if (!found.ok()) return At("--gpu", found.status());
  return found;
}

void DescribeGpus(model::Findings* findings) {
  for (const model::GpuUse& gpu : findings->gpus) {
    findings->machine.emplace_back(absl::StrCat("GPU ", gpu.index),
                                   absl::StrCat(gpu.name, ", ", render::GpuSourceText(gpu.source)));
  }
}

}  // namespace pyslow::cli
