#include "session/host.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace pyslow::session {
namespace {

// The beginning of a file of /proc, "" where it cannot be read.
std::string ReadProc(const std::string& path, size_t max_bytes) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  std::string text(max_bytes, '\0');
  size_t got = 0;
  while (got < max_bytes) {
    const ssize_t more = read(fd, &text[got], max_bytes - got);
    if (more <= 0) break;
    got += static_cast<size_t>(more);
  }
  close(fd);
  text.resize(got);
  return text;
}

int64_t ClockNs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::string HostName() {
  utsname names;
  return uname(&names) == 0 ? names.nodename : "";
}

std::string BootId() {
  std::string id = ReadProc("/proc/sys/kernel/random/boot_id", 64);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

uint64_t StartTicks(pid_t pid) {
  const std::string stat = ReadProc(absl::StrCat("/proc/", pid, "/stat"), 4096);
  // The second field, the name in parentheses, may hold anything; what follows is plain.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(stat).substr(name_end + 1), ' ', absl::SkipEmpty());
  uint64_t ticks = 0;
  constexpr size_t kStartTime = 22 - 3;  // the first of `fields` is the third field: the state
  if (fields.size() <= kStartTime || fields[0] == "Z" || fields[0] == "X") return 0;
  if (!absl::SimpleAtoi(fields[kStartTime], &ticks)) return 0;
  return ticks;
}

std::string CommandLine(size_t max_bytes) {
  std::string line = ReadProc("/proc/self/cmdline", max_bytes + 1);
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

int64_t MonotonicNs() { return ClockNs(CLOCK_MONOTONIC); }
int64_t WallNs() { return ClockNs(CLOCK_REALTIME); }

}  // namespace pyslow::session
