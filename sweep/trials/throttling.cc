#include "sweep/trials/throttling.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/proc_stat.h"

namespace pyslow::trials {
namespace {

// cpu.stat has throttled_usec in version 2 and throttled_time, in ns, in version 1. The root group
// of version 2 has neither.
std::optional<double> ReadStopped(const std::string& file) {
  const std::string text = ReadSmallFile(file);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    double number = 0;
    if (words.size() != 2 || !absl::SimpleAtod(words[1], &number)) continue;
    if (words[0] == "throttled_usec") return number * 1e-6;
    if (words[0] == "throttled_time") return number * 1e-9;
  }
  return std::nullopt;
}

// The usual mount points of a hierarchy, by its controllers in /proc/self/cgroup.
std::vector<std::string> MountsOf(absl::string_view controllers, const std::string& sys) {
  const std::string root = absl::StrCat(sys, "/fs/cgroup");
  if (controllers.empty()) return {root, root + "/unified"};
  const std::vector<absl::string_view> names = absl::StrSplit(controllers, ',');
  if (std::find(names.begin(), names.end(), "cpu") == names.end()) return {};
  return {absl::StrCat(root, "/", controllers), root + "/cpu"};
}

// A container may see the path of its group outside and have only the group itself mounted, so that
// the files of the path are missing.
void ReadUpwards(const std::string& mount, std::string group,
                 std::map<std::string, double>* stops) {
  while (absl::EndsWith(group, "/")) group.pop_back();
  for (;;) {
    const std::string file = absl::StrCat(mount, group, "/cpu.stat");
    if (const std::optional<double> stopped = ReadStopped(file)) stops->emplace(file, *stopped);
    const size_t parent = group.rfind('/');
    if (parent == std::string::npos) return;
    group.resize(parent);
  }
}

}  // namespace

std::map<std::string, double> ReadQuotaStops(const std::string& proc, const std::string& sys) {
  std::map<std::string, double> stops;
  const std::string text = ReadSmallFile(proc + "/self/cgroup");
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    // HIERARCHY:CONTROLLERS:PATH
    const std::vector<absl::string_view> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3 || absl::StrContains(fields[2], "..")) continue;
    for (const std::string& mount : MountsOf(fields[1], sys)) {
      ReadUpwards(mount, std::string(fields[2]), &stops);
    }
  }
  return stops;
}

std::optional<double> StoppedBetween(const std::map<std::string, double>& first,
                                     const std::map<std::string, double>& last) {
  std::optional<double> longest;
  for (const auto& [file, seconds] : last) {
    const auto before = first.find(file);
    if (before == first.end()) continue;
    longest = std::max({longest.value_or(0), seconds - before->second, 0.0});
  }
  return longest;
}

std::optional<uint64_t> ReadThermalThrottles(const std::string& sys) {
  std::optional<uint64_t> sum;
  for (int cpu = 0;; ++cpu) {
    const std::string directory =
        absl::StrCat(sys, "/devices/system/cpu/cpu", cpu, "/thermal_throttle/");
    bool found = false;
    for (const char* const name : {"core_throttle_count", "package_throttle_count"}) {
      uint64_t count = 0;
      const std::string text = ReadSmallFile(directory + name);
      if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(text), &count)) continue;
      found = true;
      sum = sum.value_or(0) + count;
    }
    if (!found) return sum;
  }
}

}  // namespace pyslow::trials
