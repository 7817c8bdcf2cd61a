#include "sweep/gpu/nvml_library.h"

#include <dlfcn.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pyslow::gpu {
namespace {

// Sets `*function` to the first of `names` that the library has.
template <typename Function, typename... Names>
void Find(void* library, Function* function, Names... names) {
  for (const char* const name : {names...}) {
    *function = reinterpret_cast<Function>(dlsym(library, name));
    if (*function != nullptr) return;
  }
}

NvmlFunctions FunctionsOf(void* library) {
  NvmlFunctions f;
  Find(library, &f.init, "nvmlInit_v2", "nvmlInit");
  Find(library, &f.error_string, "nvmlErrorString");
  Find(library, &f.count, "nvmlDeviceGetCount_v2", "nvmlDeviceGetCount");
  Find(library, &f.handle, "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex");
  Find(library, &f.name, "nvmlDeviceGetName");
  Find(library, &f.uuid, "nvmlDeviceGetUUID");
  Find(library, &f.utilization, "nvmlDeviceGetUtilizationRates");
  Find(library, &f.samples, "nvmlDeviceGetSamples");
  Find(library, &f.clock, "nvmlDeviceGetClockInfo");
  Find(library, &f.reasons, "nvmlDeviceGetCurrentClocksEventReasons",
       "nvmlDeviceGetCurrentClocksThrottleReasons");
  // The first version has a shorter ProcessInfo.
  Find(library, &f.processes, "nvmlDeviceGetComputeRunningProcesses_v3",
       "nvmlDeviceGetComputeRunningProcesses_v2");
  Find(library, &f.gpm_support, "nvmlGpmQueryDeviceSupport");
  Find(library, &f.gpm_alloc, "nvmlGpmSampleAlloc");
  Find(library, &f.gpm_free, "nvmlGpmSampleFree");
  Find(library, &f.gpm_get, "nvmlGpmSampleGet");
  Find(library, &f.gpm_metrics, "nvmlGpmMetricsGet");
  return f;
}

}  // namespace

std::unique_ptr<NvmlLibrary> NvmlLibrary::Load(const std::string& file, std::string* unusable) {
  unusable->clear();
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const error = dlerror();
    const std::string why = error == nullptr ? "" : error;
    const bool is_absent = absl::StartsWith(why, absl::StrCat(file, ":")) &&
                           absl::StrContains(why, "No such file or directory");
    if (!is_absent) *unusable = why;
    return nullptr;
  }
  std::unique_ptr<NvmlLibrary> loaded(new NvmlLibrary);
  loaded->functions_ = FunctionsOf(library);
  const NvmlFunctions& f = loaded->functions_;
  if (f.init == nullptr || f.count == nullptr || f.handle == nullptr) {
    *unusable = absl::StrCat(file, ": it lacks nvmlInit or another basic function");
    return nullptr;
  }
  const nvml::Return result = f.init();
  if (result == nvml::kSuccess) return loaded;
  if (result != nvml::kDriverNotLoaded) {
    *unusable = absl::StrCat(file, ": ", loaded->ErrorText(result));
  }
  return nullptr;
}

std::string NvmlLibrary::ErrorText(nvml::Return result) const {
  const char* const text =
      functions_.error_string == nullptr ? nullptr : functions_.error_string(result);
  return text == nullptr ? absl::StrCat("NVML error ", result) : text;
}

}  // namespace pyslow::gpu
