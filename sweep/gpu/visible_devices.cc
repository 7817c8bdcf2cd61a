#include "sweep/gpu/visible_devices.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/variables.h"

namespace pyslow::gpu {
namespace {

std::vector<size_t> AllOf(size_t count) {
  std::vector<size_t> places(count);
  std::iota(places.begin(), places.end(), size_t{0});
  return places;
}

// The device of one entry; nullopt: it is none, or may be several.
std::optional<size_t> PlaceOf(const std::vector<NvmlHandle>& devices, absl::string_view entry) {
  int index = 0;
  if (absl::SimpleAtoi(entry, &index)) {
    if (index < 0 || static_cast<size_t>(index) >= devices.size()) return std::nullopt;
    return static_cast<size_t>(index);
  }
  if (!absl::StartsWith(entry, "GPU-")) return std::nullopt;
  std::optional<size_t> place;
  for (size_t i = 0; i < devices.size(); ++i) {
    if (!absl::StartsWith(devices[i].uuid, entry)) continue;
    if (place.has_value()) return std::nullopt;
    place = i;
  }
  return place;
}

bool HaveSameNames(const std::vector<NvmlHandle>& devices) {
  return std::all_of(devices.begin(), devices.end(),
                     [&](const NvmlHandle& one) { return one.name == devices.front().name; });
}

}  // namespace

std::vector<size_t> VisibleDevices(const std::vector<NvmlHandle>& devices,
                                   const std::vector<std::string>& environment) {
  const auto listed = VariableIn(environment, "CUDA_VISIBLE_DEVICES");
  if (!listed.has_value()) return AllOf(devices.size());
  const bool by_bus = VariableIn(environment, "CUDA_DEVICE_ORDER").value_or("") == "PCI_BUS_ID";
  std::vector<size_t> places;
  for (absl::string_view entry : absl::StrSplit(*listed, ',')) {
    entry = absl::StripAsciiWhitespace(entry);
    // An instance of a GPU: MIG-UUID or MIG-GPU-UUID/i/j. Which GPU it is of is not known here.
    if (absl::StartsWith(entry, "MIG-")) return AllOf(devices.size());
    const std::optional<size_t> place = PlaceOf(devices, entry);
    if (!place.has_value()) break;
    if (!absl::StartsWith(entry, "GPU-") && !by_bus && !HaveSameNames(devices)) {
      return AllOf(devices.size());
    }
    if (std::find(places.begin(), places.end(), *place) == places.end()) places.push_back(*place);
  }
  std::sort(places.begin(), places.end());
  return places;
}

std::vector<size_t> VisibleAmdDevices(size_t count, const std::vector<std::string>& environment) {
  for (const char* const name : {"ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"}) {
    const auto listed = VariableIn(environment, name);
    if (!listed.has_value()) continue;
    std::vector<size_t> places;
    for (const absl::string_view entry : absl::StrSplit(*listed, ',', absl::SkipWhitespace())) {
      size_t index = 0;
      if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(entry), &index)) return AllOf(count);
      if (index < count) places.push_back(index);
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
  }
  return AllOf(count);
}

}  // namespace pyslow::gpu
