// The GPUs that a sweep watches, by --gpu.
#ifndef PYSLOW_SWEEP_CLI_WATCHED_GPUS_H_
#define PYSLOW_SWEEP_CLI_WATCHED_GPUS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sweep/gpu/find_devices.h"
#include "sweep/model/findings.h"

namespace pyslow::cli {

// `choice`: the value of --gpu, or "". `environment`: of the trials. Error messages are complete.
absl::StatusOr<gpu::Found> FindGpus(const std::string& choice,
                                    const std::vector<std::string>& environment);

// Adds findings->gpus to findings->machine.
void DescribeGpus(model::Findings* findings);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_WATCHED_GPUS_H_
