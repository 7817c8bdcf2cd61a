#include "sweep/gpu/nvml_device.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace pyslow::gpu {
namespace {

constexpr unsigned kMaxProcesses = 4096;

struct ReasonName {
  unsigned long long bit;
  const char* name;
};
constexpr std::array<ReasonName, 5> kReasons = {{{nvml::kSwPowerCap, "power limit"},
                                                 {nvml::kHwSlowdown, "hardware slowdown"},
                                                 {nvml::kSwThermal, "heat"},
                                                 {nvml::kHwThermal, "heat"},
                                                 {nvml::kHwPowerBrake, "power brake"}}};

// What all sources share.
class NvmlDevice : public GpuDevice {
 public:
  NvmlDevice(const NvmlLibrary& library, NvmlHandle handle)
      : library_(library), handle_(std::move(handle)) {}

  int index() const override { return handle_.index; }
  const std::string& name() const override { return handle_.name; }

  ClockReading ReadClock() override {
    ClockReading reading;
    reading.time = Clock::now();
    unsigned mhz = 0;
    if (call().clock != nullptr && call().clock(device(), nvml::kClockSm, &mhz) == nvml::kSuccess) {
      reading.mhz = mhz;
    }
    unsigned long long reasons = 0;
    if (call().reasons != nullptr && call().reasons(device(), &reasons) == nvml::kSuccess) {
      for (const ReasonName& reason : kReasons) {
        if ((reasons & reason.bit) != 0) reading.reasons.insert(reason.name);
      }
    }
    return reading;
  }

  std::optional<std::set<pid_t>> ReadProcesses() override {
    if (call().processes == nullptr) return std::nullopt;
    unsigned count = 64;
    for (;;) {
      std::vector<nvml::ProcessInfo> found(count);
      const nvml::Return result = call().processes(device(), &count, found.data());
      if (result == nvml::kInsufficientSize && count > found.size() && count <= kMaxProcesses) {
        continue;
      }
      if (result != nvml::kSuccess || count > found.size()) return std::nullopt;
      std::set<pid_t> processes;
      for (unsigned i = 0; i < count; ++i) processes.insert(static_cast<pid_t>(found[i].pid));
      return processes;
    }
  }

  // The result of reading the source once.
  virtual nvml::Return Probe() = 0;

 protected:
  const NvmlFunctions& call() const { return library_.call(); }
  nvml::Device device() const { return handle_.device; }

 private:
  const NvmlLibrary& library_;
  const NvmlHandle handle_;
};

// Hardware counters: the mean over exactly the time between two samples.
class GpmDevice : public NvmlDevice {
 public:
  using NvmlDevice::NvmlDevice;
  GpmDevice(const GpmDevice&) = delete;
  GpmDevice& operator=(const GpmDevice&) = delete;
  ~GpmDevice() override {
    for (const Counters& counters : {before_, last_, next_}) {
      if (counters.sample != nullptr) call().gpm_free(counters.sample);
    }
  }

  const char* source() const override { return "gpm"; }
  double shortest_window_seconds() const override { return 0.2; }

  nvml::Return Probe() override {
    const NvmlFunctions& f = call();
    if (f.gpm_support == nullptr || f.gpm_alloc == nullptr || f.gpm_free == nullptr ||
        f.gpm_get == nullptr || f.gpm_metrics == nullptr) {
      return nvml::kFunctionNotFound;
    }
    nvml::GpmSupport support = {nvml::kGpmVersion, 0};
    nvml::Return result = f.gpm_support(device(), &support);
    if (result == nvml::kSuccess && support.is_supported == 0) result = nvml::kNotFound;
    for (Counters* counters : {&before_, &last_, &next_}) {
      if (result == nvml::kSuccess) result = f.gpm_alloc(&counters->sample);
    }
    return result == nvml::kSuccess ? f.gpm_get(device(), last_.sample) : result;
  }

  void Begin() override {
    has_before_ = false;
    has_last_ = call().gpm_get(device(), last_.sample) == nvml::kSuccess;
    last_.time = Clock::now();
  }

  void ReadBusy(std::vector<BusySpan>* spans) override {
    if (!has_last_) return Begin();
    if (call().gpm_get(device(), next_.sample) != nvml::kSuccess) return;
    next_.time = Clock::now();
    // A shorter time between samples gives no value, so the last span is measured again, longer.
    const bool is_short = next_.time - last_.time < kLeastSpan;
    if (is_short && (!has_before_ || spans->empty())) return;
    const std::optional<double> busy = BusyBetween(is_short ? before_ : last_, next_);
    if (is_short) {
      if (!busy.has_value()) return;
      spans->back() = {before_.time, next_.time, *busy};
      std::swap(last_, next_);
      return;
    }
    if (busy.has_value()) spans->push_back({last_.time, next_.time, *busy});
    std::swap(before_, last_);
    std::swap(last_, next_);
    has_before_ = busy.has_value();
  }

 private:
  static constexpr std::chrono::milliseconds kLeastSpan{100};

  struct Counters {
    nvml::GpmSample sample = nullptr;
    Clock::time_point time;
  };

  std::optional<double> BusyBetween(const Counters& first, const Counters& last) {
    metrics_.version = nvml::kGpmVersion;
    metrics_.count = 1;
    metrics_.first = first.sample;
    metrics_.last = last.sample;
    metrics_.metrics[0].id = nvml::kGpmGraphicsUtil;
    const nvml::Return result = call().gpm_metrics(&metrics_);
    const nvml::GpmMetric& busy = metrics_.metrics[0];
    if (result != nvml::kSuccess || busy.result != nvml::kSuccess) return std::nullopt;
    return std::clamp(busy.value / 100, 0.0, 1.0);
  }

  Counters before_;  // the one before `last_`
  Counters last_;
  Counters next_;
  bool has_before_ = false;
  bool has_last_ = false;
  nvml::GpmMetrics metrics_ = {};
};

// The driver's ring buffer: whole percents of successive times of 1/6 to 1 s.
class SamplesDevice : public NvmlDevice {
 public:
  using NvmlDevice::NvmlDevice;

  const char* source() const override { return "samples"; }
  double shortest_window_seconds() const override { return 1; }

  nvml::Return Probe() override {
    if (call().samples == nullptr) return nvml::kFunctionNotFound;
    std::vector<nvml::Sample> samples;
    const nvml::Return result = Read(&samples);
    if (result != nvml::kSuccess) return result;
    if (samples.empty()) return nvml::kNotFound;
    return OffsetOf(samples.back().time_us).has_value() ? nvml::kSuccess : nvml::kNotFound;
  }

  void Begin() override {
    std::vector<nvml::Sample> samples;
    Read(&samples);
  }

  void ReadBusy(std::vector<BusySpan>* spans) override {
    unsigned long long before = last_us_;
    std::vector<nvml::Sample> samples;
    Read(&samples);
    for (const nvml::Sample& sample : samples) {
      const auto offset = OffsetOf(sample.time_us);
      if (before != 0 && offset.has_value() && sample.time_us > before) {
        spans->push_back({TimeOf(before, *offset), TimeOf(sample.time_us, *offset),
                          std::min(1.0, PercentOf(sample) / 100)});
      }
      before = sample.time_us;
    }
  }

 private:
  // The samples since the last call, in order. NotFound counts as none.
  nvml::Return Read(std::vector<nvml::Sample>* samples) {
    unsigned count = 0;
    nvml::Return result =
        call().samples(device(), nvml::kGpuUtilizationSamples, last_us_, &type_, &count, nullptr);
    if (result == nvml::kNotFound) return last_us_ == 0 ? result : nvml::kSuccess;
    if (result != nvml::kSuccess && result != nvml::kInsufficientSize) return result;
    samples->resize(count);
    result = call().samples(device(), nvml::kGpuUtilizationSamples, last_us_, &type_, &count,
                            samples->data());
    samples->resize(result == nvml::kSuccess ? std::min<size_t>(count, samples->size()) : 0);
    std::erase_if(*samples, [&](const nvml::Sample& s) { return s.time_us <= last_us_; });
    std::sort(samples->begin(), samples->end(),
              [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
    if (!samples->empty()) last_us_ = samples->back().time_us;
    return result == nvml::kNotFound ? nvml::kSuccess : result;
  }

  double PercentOf(const nvml::Sample& sample) const {
    constexpr int kDouble = 0;
    constexpr int kUnsigned = 1;
    if (type_ == kDouble) return sample.value.as_double;
    if (type_ == kUnsigned) return sample.value.as_unsigned;
    return static_cast<double>(sample.value.as_unsigned_long_long);
  }

  // What to add to a time stamp, in microseconds, for this process's Clock. The documentation does
  // not name the driver's clock: it is the one that shows about the present. nullopt: none does.
  static std::optional<int64_t> OffsetOf(unsigned long long time_us) {
    constexpr int64_t kNear = 60'000'000;
    const int64_t now = NowUs(CLOCK_MONOTONIC);
    for (const clockid_t id : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
      const int64_t there = NowUs(id);
      if (std::abs(there - static_cast<int64_t>(time_us)) < kNear) return now - there;
    }
    return std::nullopt;
  }

  static int64_t NowUs(clockid_t id) {
    timespec time = {};
    clock_gettime(id, &time);
    return int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
  }

  static Clock::time_point TimeOf(unsigned long long time_us, int64_t offset) {
    return Clock::time_point(std::chrono::microseconds(static_cast<int64_t>(time_us) + offset));
  }

  unsigned long long last_us_ = 0;
  int type_ = 1;
};

// Whole percents of the driver's last period of 1/6 to 1 s, whatever the time of the call.
class RateDevice : public NvmlDevice {
 public:
  using NvmlDevice::NvmlDevice;

  const char* source() const override { return "utilization"; }
  double shortest_window_seconds() const override { return 2; }

  nvml::Return Probe() override {
    if (call().utilization == nullptr) return nvml::kFunctionNotFound;
    nvml::Utilization utilization = {};
    return call().utilization(device(), &utilization);
  }

  void Begin() override { last_time_ = Clock::now(); }

  void ReadBusy(std::vector<BusySpan>* spans) override {
    nvml::Utilization utilization = {};
    const nvml::Return result = call().utilization(device(), &utilization);
    const Clock::time_point now = Clock::now();
    if (result == nvml::kSuccess) {
      spans->push_back({last_time_, now, std::min(1.0, utilization.gpu / 100.0)});
    }
    last_time_ = now;
  }

 private:
  Clock::time_point last_time_;
};

}  // namespace

std::unique_ptr<GpuDevice> OpenNvmlDevice(const NvmlLibrary& library, const NvmlHandle& handle,
                                          std::string* why) {
  nvml::Return result = nvml::kFunctionNotFound;
  const auto try_source = [&](std::unique_ptr<NvmlDevice> device) -> std::unique_ptr<GpuDevice> {
    result = device->Probe();
    return result == nvml::kSuccess ? std::move(device) : nullptr;
  };
  if (auto device = try_source(std::make_unique<GpmDevice>(library, handle))) return device;
  if (auto device = try_source(std::make_unique<SamplesDevice>(library, handle))) return device;
  if (auto device = try_source(std::make_unique<RateDevice>(library, handle))) return device;
  *why = library.ErrorText(result);
  return nullptr;
}

}  // namespace pyslow::gpu
