// A libnvidia-ml.so.1 for tests: its devices do what the file named by FAKE_NVML says. With
// FAKE_NVML_OLD, it lacks the functions that drivers before Hopper lack.
//
// Lines of the file; those of a device follow its first line:
//   init 18                   nvmlInit returns this
//   device NAME               a GPU; blanks as _
//   uuid GPU-1                default: GPU-0, GPU-1 …
//   busy 0:0.25 1.5:1         from these seconds after nvmlInit on, the share of the time it works
//   busy_file PATH            instead: a double in this file, the seconds for which it worked
//   clock 0:1980 1.5:1200     SM clock in MHz
//   reasons 0:0 1.5:0x40      reasons for a lowered clock
//   pids 12 13                processes on it
//   pids_file PATH            instead: numbers in this file
//   gpm 3                     GPM functions return this; likewise samples, rate
#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sweep/gpu/nvml_library.h"

namespace {

namespace nvml = pyslow::gpu::nvml;
using Clock = std::chrono::steady_clock;
using Steps = std::vector<std::pair<double, double>>;  // from a time on, a value

struct FakeSample {
  double time = 0;
  double worked = 0;
};

struct FakeDevice {
  std::string name;
  std::string uuid;
  Steps busy = {{0, 0}};
  std::string busy_file;
  Steps clock = {{0, 1000}};
  Steps reasons = {{0, 0}};
  std::vector<unsigned> pids;
  std::string pids_file;
  std::map<std::string, int> results;  // by source
  FakeSample last;                     // of nvmlDeviceGetSamples
  unsigned long long last_us = 0;
};

std::mutex mutex;
std::vector<std::unique_ptr<FakeDevice>> devices;
int init_result = 0;
int file = -1;
Clock::time_point start;

double Now() { return std::chrono::duration<double>(Clock::now() - start).count(); }

Steps ReadSteps(std::istringstream& words) {
  Steps steps;
  for (std::string word; words >> word;) {
    const size_t colon = word.find(':');
    steps.emplace_back(std::stod(word.substr(0, colon)),
                       std::strtod(word.c_str() + colon + 1, nullptr));
  }
  return steps;
}

double ValueAt(const Steps& steps, double time) {
  double value = 0;
  for (const auto& [from, next] : steps) {
    if (from <= time) value = next;
  }
  return value;
}

double WorkedUntil(const FakeDevice& device, double time) {
  if (!device.busy_file.empty()) {
    double worked = 0;
    std::ifstream file(device.busy_file, std::ios::binary);
    file.read(reinterpret_cast<char*>(&worked), sizeof worked);
    return worked;
  }
  double worked = 0;
  for (size_t i = 0; i < device.busy.size(); ++i) {
    const double from = device.busy[i].first;
    const double to = i + 1 < device.busy.size() ? device.busy[i + 1].first : time;
    if (std::min(to, time) > from) worked += (std::min(to, time) - from) * device.busy[i].second;
  }
  return worked;
}

void ReadLine(const std::string& line) {
  std::istringstream words(line);
  std::string key;
  if (!(words >> key)) return;
  if (key == "init") {
    words >> init_result;
    return;
  }
  if (key == "device") {
    devices.push_back(std::make_unique<FakeDevice>());
    words >> devices.back()->name;
    for (char& c : devices.back()->name) c = c == '_' ? ' ' : c;
    devices.back()->uuid = "GPU-" + std::to_string(devices.size() - 1);
    return;
  }
  FakeDevice& device = *devices.at(devices.size() - 1);
  if (key == "uuid") words >> device.uuid;
  if (key == "busy") device.busy = ReadSteps(words);
  if (key == "busy_file") words >> device.busy_file;
  if (key == "clock") device.clock = ReadSteps(words);
  if (key == "reasons") device.reasons = ReadSteps(words);
  if (key == "pids_file") words >> device.pids_file;
  if (key == "gpm" || key == "samples" || key == "rate") words >> device.results[key];
  if (key == "pids") {
    for (unsigned pid = 0; words >> pid;) device.pids.push_back(pid);
  }
}

FakeDevice& DeviceOf(nvml::Device device) { return *reinterpret_cast<FakeDevice*>(device); }

nvml::Return CopyText(const std::string& text, char* to, unsigned size) {
  if (text.size() >= size) return nvml::kInsufficientSize;
  std::memcpy(to, text.c_str(), text.size() + 1);
  return nvml::kSuccess;
}

nvml::Return GetProcesses(nvml::Device handle, unsigned* count, nvml::ProcessInfo* infos) {
  const FakeDevice& device = DeviceOf(handle);
  std::vector<unsigned> pids = device.pids;
  if (!device.pids_file.empty()) {
    std::ifstream file(device.pids_file);
    for (unsigned pid = 0; file >> pid;) pids.push_back(pid);
  }
  const unsigned room = *count;
  *count = static_cast<unsigned>(pids.size());
  if (pids.size() > room) return nvml::kInsufficientSize;
  for (size_t i = 0; i < pids.size(); ++i) infos[i] = {pids[i], 1 << 20, ~0U, ~0U};
  return nvml::kSuccess;
}

nvml::Return GetReasons(nvml::Device handle, unsigned long long* reasons) {
  *reasons = static_cast<unsigned long long>(ValueAt(DeviceOf(handle).reasons, Now()));
  return nvml::kSuccess;
}

}  // namespace

extern "C" {

nvml::Return nvmlInit_v2() {
  const std::lock_guard<std::mutex> lock(mutex);
  devices.clear();
  init_result = 0;
  start = Clock::now();
  const char* const path = std::getenv("FAKE_NVML");
  std::ifstream script(path == nullptr ? "" : path);
  for (std::string line; std::getline(script, line);) ReadLine(line);
  file = open("/dev/null", O_RDONLY);  // as a driver's library may
  return init_result;
}

// Not of NVML: the file that it opened last.
int FakeNvmlFile() { return file; }

const char* nvmlErrorString(nvml::Return result) {
  switch (result) {
    case 3:
      return "Not Supported";
    case nvml::kNoPermission:
      return "Insufficient Permissions";
    case 18:
      return "Driver/library version mismatch";
    default:
      return "Unknown Error";
  }
}

nvml::Return nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(devices.size());
  return nvml::kSuccess;
}

nvml::Return nvmlDeviceGetHandleByIndex_v2(unsigned index, nvml::Device* device) {
  if (index >= devices.size()) return nvml::kNotFound;
  *device = reinterpret_cast<nvml::Device>(devices[index].get());
  return nvml::kSuccess;
}

nvml::Return nvmlDeviceGetName(nvml::Device device, char* name, unsigned size) {
  return CopyText(DeviceOf(device).name, name, size);
}

nvml::Return nvmlDeviceGetUUID(nvml::Device device, char* uuid, unsigned size) {
  return CopyText(DeviceOf(device).uuid, uuid, size);
}

nvml::Return nvmlDeviceGetClockInfo(nvml::Device device, int type, unsigned* mhz) {
  if (type != nvml::kClockSm) return 2;
  *mhz = static_cast<unsigned>(ValueAt(DeviceOf(device).clock, Now()));
  return nvml::kSuccess;
}

nvml::Return nvmlDeviceGetUtilizationRates(nvml::Device handle, nvml::Utilization* utilization) {
  FakeDevice& device = DeviceOf(handle);
  *utilization = {static_cast<unsigned>(std::lround(100 * ValueAt(device.busy, Now()))), 0};
  return device.results["rate"];
}

// One sample for each time in which it is called after 0.1 s.
nvml::Return nvmlDeviceGetSamples(nvml::Device handle, int type, unsigned long long last_seen,
                                  int* value_type, unsigned* count, nvml::Sample* samples) {
  const std::lock_guard<std::mutex> lock(mutex);
  FakeDevice& device = DeviceOf(handle);
  if (type != nvml::kGpuUtilizationSamples) return 2;
  if (device.results["samples"] != 0) return device.results["samples"];
  *value_type = 1;
  if (samples == nullptr) {
    *count = 8;
    return nvml::kSuccess;
  }
  const double now = Now();
  const auto us =
      static_cast<unsigned long long>(std::chrono::duration_cast<std::chrono::microseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
  if (us <= last_seen + 50'000) return nvml::kNotFound;
  const double worked = WorkedUntil(device, now);
  const double seconds = now - device.last.time;
  samples[0].time_us = us;
  samples[0].value.as_unsigned_long_long = 0;
  samples[0].value.as_unsigned = static_cast<unsigned>(
      seconds > 0 ? std::lround(100 * (worked - device.last.worked) / seconds) : 0);
  *count = 1;
  device.last = {now, worked};
  return nvml::kSuccess;
}

#ifdef FAKE_NVML_OLD

nvml::Return nvmlDeviceGetComputeRunningProcesses_v2(nvml::Device device, unsigned* count,
                                                     nvml::ProcessInfo* infos) {
  return GetProcesses(device, count, infos);
}

nvml::Return nvmlDeviceGetCurrentClocksThrottleReasons(nvml::Device device,
                                                       unsigned long long* reasons) {
  return GetReasons(device, reasons);
}

#else

nvml::Return nvmlDeviceGetComputeRunningProcesses_v3(nvml::Device device, unsigned* count,
                                                     nvml::ProcessInfo* infos) {
  return GetProcesses(device, count, infos);
}

nvml::Return nvmlDeviceGetCurrentClocksEventReasons(nvml::Device device,
                                                    unsigned long long* reasons) {
  return GetReasons(device, reasons);
}

nvml::Return nvmlGpmQueryDeviceSupport(nvml::Device device, nvml::GpmSupport* support) {
  if (support->version != nvml::kGpmVersion) return 2;
  support->is_supported = DeviceOf(device).results["gpm"] == 3 ? 0 : 1;
  return nvml::kSuccess;
}

nvml::Return nvmlGpmSampleAlloc(nvml::GpmSample* sample) {
  *sample = reinterpret_cast<nvml::GpmSample>(new FakeSample);
  return nvml::kSuccess;
}

nvml::Return nvmlGpmSampleFree(nvml::GpmSample sample) {
  delete reinterpret_cast<FakeSample*>(sample);
  return nvml::kSuccess;
}

nvml::Return nvmlGpmSampleGet(nvml::Device handle, nvml::GpmSample sample) {
  FakeDevice& device = DeviceOf(handle);
  const double now = Now();
  *reinterpret_cast<FakeSample*>(sample) = {now, WorkedUntil(device, now)};
  return device.results["gpm"];
}

nvml::Return nvmlGpmMetricsGet(nvml::GpmMetrics* metrics) {
  if (metrics->version != nvml::kGpmVersion) return 2;
  const auto& first = *reinterpret_cast<const FakeSample*>(metrics->first);
  const auto& last = *reinterpret_cast<const FakeSample*>(metrics->last);
  if (last.time - first.time < 0.09) return 2;
  for (unsigned i = 0; i < metrics->count; ++i) {
    nvml::GpmMetric& metric = metrics->metrics[i];
    metric.result = metric.id == nvml::kGpmGraphicsUtil ? nvml::kSuccess : 3;
    metric.value = 100 * (last.worked - first.worked) / (last.time - first.time);
  }
  return nvml::kSuccess;
}

#endif

}  // extern "C"
