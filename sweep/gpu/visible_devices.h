// Which GPUs a program can use, by its environment.
#ifndef PYSLOW_SWEEP_GPU_VISIBLE_DEVICES_H_
#define PYSLOW_SWEEP_GPU_VISIBLE_DEVICES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "sweep/gpu/nvml_device.h"

namespace pyslow::gpu {

// The places in `devices` that CUDA_VISIBLE_DEVICES leaves, as CUDA reads it: indices, or UUIDs
// that may be cut short, up to the first entry that is none. All if it is not set. CUDA counts the
// fastest GPU first unless CUDA_DEVICE_ORDER is PCI_BUS_ID, and NVML counts by the bus. So an index
// selects all GPUs if their names differ.
std::vector<size_t> VisibleDevices(const std::vector<NvmlHandle>& devices,
                                   const std::vector<std::string>& environment);

// Likewise of `count` AMD GPUs, by ROCR_VISIBLE_DEVICES or HIP_VISIBLE_DEVICES. Other names than
// indices select all.
std::vector<size_t> VisibleAmdDevices(size_t count, const std::vector<std::string>& environment);

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_VISIBLE_DEVICES_H_
