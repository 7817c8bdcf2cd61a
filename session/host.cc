#include "session/host.h"

#include <sys/utsname.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/proc_stat.h"

namespace pyslow::session {
std::string HostName() {
  utsname names;
  return uname(&names) == 0 ? names.nodename : "";
}

std::string BootId() {
  std::string id = ReadSmallFile("/proc/sys/kernel/random/boot_id", 64);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

std::string ThreadName() {
  std::string name = ReadSmallFile("/proc/self/comm", 64);
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

uint64_t StartTicks(pid_t pid) {
  const std::optional<ProcessStat> stat = ReadProcessStat("/proc", pid);
  if (!stat.has_value() || stat->state == 'Z' || stat->state == 'X') return 0;
  return stat->start_ticks;
}

std::string CommandLine(size_t max_bytes, size_t left_out) {
  constexpr size_t kMaxLeftOutBytes = 1 << 16;
  std::string line =
      ReadSmallFile("/proc/self/cmdline", max_bytes + 1 + (left_out > 0 ? kMaxLeftOutBytes : 0));
  for (const size_t begin = line.find('\0'); left_out > 0; --left_out) {
    const size_t end = begin != std::string::npos ? line.find('\0', begin + 1) : begin;
    if (end == std::string::npos) break;
    line.erase(begin, end - begin);
  }
  const bool cut = line.size() > max_bytes;
  while (!line.empty() && line.back() == '\0') line.pop_back();
  std::replace(line.begin(), line.end(), '\0', ' ');
  constexpr absl::string_view kEllipsis = "\u2026";
  if (cut && max_bytes > kEllipsis.size()) {
    line.resize(std::min(line.size(), max_bytes - kEllipsis.size()));
    absl::StrAppend(&line, kEllipsis);
  }
  return line;
}

}  // namespace pyslow::session
