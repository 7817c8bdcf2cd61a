// An NVIDIA GPU.
#ifndef PYSLOW_SWEEP_GPU_NVML_DEVICE_H_
#define PYSLOW_SWEEP_GPU_NVML_DEVICE_H_

#include <memory>
#include <string>

#include "sweep/gpu/gpu_device.h"
#include "sweep/gpu/nvml_library.h"

namespace pyslow::gpu {

// A device of the library, before its busy share is known to be readable.
struct NvmlHandle {
  int index = 0;
  nvml::Device device = nullptr;
  std::string name;  // "GPU" if unknown
  std::string uuid;  // "GPU-…", or ""
};

// Takes the finest source that works now: GPM's hardware counters (Hopper and newer), the driver's
// samples, or its coarse rate. nullptr: none does, for the reason `*why`. `library` must outlive
// the device.
std::unique_ptr<GpuDevice> OpenNvmlDevice(const NvmlLibrary& library, const NvmlHandle& handle,
                                          std::string* why);

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_NVML_DEVICE_H_
