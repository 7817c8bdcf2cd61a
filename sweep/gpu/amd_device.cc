#include "sweep/gpu/amd_device.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/proc_stat.h"

namespace pyslow::gpu {
namespace {

constexpr absl::string_view kAmdVendor = "0x1002";

std::string ReadLine(const std::string& file) {
  return std::string(absl::StripAsciiWhitespace(ReadSmallFile(file)));
}

// gpu_busy_percent is the driver's mean of about the last 50 to 100 ms.
class AmdDevice : public GpuDevice {
 public:
  AmdDevice(std::string directory, int index) : directory_(std::move(directory)), index_(index) {
    const std::string product = ReadLine(directory_ + "/product_name");
    name_ = product.empty() ? absl::StrCat("AMD GPU ", ReadLine(directory_ + "/device")) : product;
  }

  int index() const override { return index_; }
  const std::string& name() const override { return name_; }
  const char* source() const override { return "sysfs"; }
  double shortest_window_seconds() const override { return 0.5; }

  std::optional<double> ReadPercent() const {
    double percent = 0;
    if (!absl::SimpleAtod(ReadLine(directory_ + "/gpu_busy_percent"), &percent)) {
      return std::nullopt;
    }
    return std::clamp(percent, 0.0, 100.0);
  }

  void Begin() override { last_time_ = Clock::now(); }

  void ReadBusy(std::vector<BusySpan>* spans) override {
    const std::optional<double> percent = ReadPercent();
    const Clock::time_point now = Clock::now();
    if (percent.has_value()) spans->push_back({last_time_, now, *percent / 100});
    last_time_ = now;
  }

  // hwmon's freq1_input is the shader clock, in Hz. sysfs shows no reasons for a low clock.
  ClockReading ReadClock() override {
    ClockReading reading;
    reading.time = Clock::now();
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ + "/hwmon", error)) {
      double hertz = 0;
      if (absl::SimpleAtod(ReadLine(entry.path().string() + "/freq1_input"), &hertz)) {
        reading.mhz = hertz * 1e-6;
      }
    }
    return reading;
  }

  std::optional<std::set<pid_t>> ReadProcesses() override { return std::nullopt; }

 private:
  const std::string directory_;
  const int index_;
  std::string name_;
  Clock::time_point last_time_;
};

}  // namespace

std::vector<std::string> FindAmdCards(const std::string& sys, const std::string& dev) {
  std::error_code error;
  if (!std::filesystem::exists(dev + "/kfd", error)) return {};
  std::map<int, std::string> cards;
  for (const auto& entry : std::filesystem::directory_iterator(sys + "/class/drm", error)) {
    // Connectors are called card0-DP-1.
    const std::string name = entry.path().filename().string();
    int number = 0;
    if (!absl::StartsWith(name, "card") || !absl::SimpleAtoi(name.substr(4), &number)) continue;
    const std::string directory = entry.path().string() + "/device";
    if (ReadLine(directory + "/vendor") != kAmdVendor) continue;
    if (std::filesystem::exists(directory + "/gpu_busy_percent", error)) cards[number] = directory;
  }
  std::vector<std::string> directories;
  directories.reserve(cards.size());
  for (auto& [number, directory] : cards) directories.push_back(std::move(directory));
  return directories;
}

std::unique_ptr<GpuDevice> OpenAmdDevice(const std::string& directory, int index,
                                         std::string* why) {
  auto device = std::make_unique<AmdDevice>(directory, index);
  if (device->ReadPercent().has_value()) return device;
  *why = absl::StrCat(directory, "/gpu_busy_percent cannot be read");
  return nullptr;
}

}  // namespace pyslow::gpu
