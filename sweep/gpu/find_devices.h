// Finds the GPUs to watch.
#ifndef PYSLOW_SWEEP_GPU_FIND_DEVICES_H_
#define PYSLOW_SWEEP_GPU_FIND_DEVICES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/gpu/gpu_device.h"
#include "sweep/gpu/nvml_library.h"

namespace pyslow::gpu {

// The value of --gpu: which GPUs.
struct Choice {
  enum class Kind {
    kUsable,   // "": those that the command can use
    kNone,     // "none"
    kAll,      // "all"
    kIndices,  // "0,2"
  };
  Kind kind = Kind::kUsable;
  std::vector<int> indices = {};  // ascending
};
absl::StatusOr<Choice> ParseChoice(absl::string_view text);

// What the machine offers; tests replace these.
struct Places {
  std::string nvml = "libnvidia-ml.so.1";
  std::string sys = "/sys";
  std::string dev = "/dev";
};

struct Found {
  std::unique_ptr<NvmlLibrary> library;  // of `devices`; may be null
  std::vector<std::unique_ptr<GpuDevice>> devices;
  // A GPU or its library is there and cannot be read; one line, or "". The sweep goes on without.
  std::string note;
};

// `environment`: of the command, entries NAME=VALUE. NVIDIA's GPUs have NVML's indices, AMD's
// follow. InvalidArgument if `choice` names GPUs, and one of them or all cannot be watched; the
// message is complete but for "--gpu: ".
absl::StatusOr<Found> FindDevices(const Choice& choice, const std::vector<std::string>& environment,
                                  const Places& places = {});

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_FIND_DEVICES_H_
