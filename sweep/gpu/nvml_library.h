// NVIDIA's management library, loaded at run time if there is one.
#ifndef PYSLOW_SWEEP_GPU_NVML_LIBRARY_H_
#define PYSLOW_SWEEP_GPU_NVML_LIBRARY_H_

#include <memory>
#include <string>

namespace pyslow::gpu {

// The types and constants of the public NVML API that are used here. The library is not linked and
// no header of it is needed.
namespace nvml {

using Return = int;
inline constexpr Return kSuccess = 0;
inline constexpr Return kNoPermission = 4;
inline constexpr Return kNotFound = 6;
inline constexpr Return kInsufficientSize = 7;
inline constexpr Return kDriverNotLoaded = 9;
inline constexpr Return kFunctionNotFound = 13;

using Device = struct DeviceHandle*;
using GpmSample = struct GpmSampleHandle*;

struct Utilization {
  unsigned gpu;  // percent
  unsigned memory;
};
union Value {
  double as_double;
  unsigned as_unsigned;
  unsigned long as_unsigned_long;
  unsigned long long as_unsigned_long_long;
  long long as_long_long;
};
struct Sample {
  unsigned long long time_us;
  Value value;
};
inline constexpr int kGpuUtilizationSamples = 1;
inline constexpr int kClockSm = 1;
struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance;
  unsigned compute_instance;
};
struct GpmSupport {
  unsigned version;
  unsigned is_supported;
};
struct GpmMetric {
  unsigned id;
  Return result;
  double value;
  struct {
    char* short_name;
    char* long_name;
    char* unit;
  } info;
};
// The library's array is longer, and grows with the versions; it reads `count` of its elements.
inline constexpr int kMaxGpmMetrics = 512;
struct GpmMetrics {
  unsigned version;
  unsigned count;
  GpmSample first;
  GpmSample last;
  GpmMetric metrics[kMaxGpmMetrics];
};
inline constexpr unsigned kGpmVersion = 1;
inline constexpr unsigned kGpmGraphicsUtil = 1;  // percent of time with any work

// Bits of the reasons for a lowered clock.
inline constexpr unsigned long long kSwPowerCap = 0x4;
inline constexpr unsigned long long kHwSlowdown = 0x8;
inline constexpr unsigned long long kSwThermal = 0x20;
inline constexpr unsigned long long kHwThermal = 0x40;
inline constexpr unsigned long long kHwPowerBrake = 0x80;

}  // namespace nvml

// Null members: the library lacks the function, as those of older drivers do.
struct NvmlFunctions {
  nvml::Return (*init)() = nullptr;
  const char* (*error_string)(nvml::Return) = nullptr;
  nvml::Return (*count)(unsigned*) = nullptr;
  nvml::Return (*handle)(unsigned, nvml::Device*) = nullptr;
  nvml::Return (*name)(nvml::Device, char*, unsigned) = nullptr;
  nvml::Return (*uuid)(nvml::Device, char*, unsigned) = nullptr;
  nvml::Return (*utilization)(nvml::Device, nvml::Utilization*) = nullptr;
  nvml::Return (*samples)(nvml::Device, int, unsigned long long, int*, unsigned*,
                          nvml::Sample*) = nullptr;
  nvml::Return (*clock)(nvml::Device, int, unsigned*) = nullptr;
  nvml::Return (*reasons)(nvml::Device, unsigned long long*) = nullptr;
  nvml::Return (*processes)(nvml::Device, unsigned*, nvml::ProcessInfo*) = nullptr;
  nvml::Return (*gpm_support)(nvml::Device, nvml::GpmSupport*) = nullptr;
  nvml::Return (*gpm_alloc)(nvml::GpmSample*) = nullptr;
  nvml::Return (*gpm_free)(nvml::GpmSample) = nullptr;
  nvml::Return (*gpm_get)(nvml::Device, nvml::GpmSample) = nullptr;
  nvml::Return (*gpm_metrics)(nvml::GpmMetrics*) = nullptr;
};

// Loaded until the process ends: the driver's threads and handles are not worth unloading.
class NvmlLibrary {
 public:
  // Loads and initialises `file`. nullptr: there is none, or no driver; then `*unusable` is "",
  // unless the library is there and fails: it has the reason.
  static std::unique_ptr<NvmlLibrary> Load(const std::string& file, std::string* unusable);

  const NvmlFunctions& call() const { return functions_; }
  // NVML's words for a result, such as "Insufficient Permissions".
  std::string ErrorText(nvml::Return result) const;

 private:
  NvmlLibrary() = default;
  NvmlFunctions functions_;
};

}  // namespace pyslow::gpu

#endif  // PYSLOW_SWEEP_GPU_NVML_LIBRARY_H_
