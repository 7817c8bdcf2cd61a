// AMD GPUs, read from sysfs.
#ifndef PYSLOW_SWEEP_GPU_AMD_DEVICE_H_
#define PYSLOW_SWEEP_GPU_AMD_DEVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "sweep/gpu/gpu_device.h"

namespace pyslow::gpu {

// The directories /sys/class/drm/card*/device of AMD's GPUs that show how busy they are, by the
// number of the card. Empty if programs cannot compute on them: there is no `dev`/kfd, as with a
// graphics unit that only drives a display. `sys`, `dev`: the paths of /sys and /dev.
std::vector<std::string> FindAmdCards(const std::string& sys, const std::string& dev);

// `index`: its number in reports. nullptr: gpu_busy_percent cannot be read, for the reason `*why`.
std::unique_ptr<GpuDevice> OpenAmdDevice(const std::string& directory, int index, std::string* why);

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_AMD_DEVICE_H_
