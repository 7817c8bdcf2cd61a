#include "base/proc_stat.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pyslow {

std::string ReadSmallFile(const std::string& path, size_t max_bytes) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  std::array<char, 4096> piece;
  std::string text;
  while (text.size() < max_bytes) {
    const ssize_t more = read(fd, piece.data(), std::min(piece.size(), max_bytes - text.size()));
    if (more <= 0) break;
    text.append(piece.data(), static_cast<size_t>(more));
  }
  close(fd);
  return text;
}

std::vector<pid_t> NumbersIn(const std::string& directory) {
  std::vector<pid_t> numbers;
  DIR* const stream = opendir(directory.c_str());
  if (stream == nullptr) return numbers;
  while (const dirent* entry = readdir(stream)) {
    pid_t number = 0;
    if (absl::SimpleAtoi(entry->d_name, &number)) numbers.push_back(number);
  }
  closedir(stream);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::optional<ProcessStat> ReadProcessStat(absl::string_view proc, pid_t pid) {
  const std::string text = ReadSmallFile(absl::StrCat(proc, "/", pid, "/stat"));
  // The second field, the name in parentheses, may contain spaces and parentheses.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(text).substr(name_end + 1), ' ', absl::SkipEmpty());
  constexpr size_t kFirst = 3;  // proc(5) numbers fields from 1, and the state is the third
  ProcessStat stat;
  uint64_t user = 0;
  uint64_t system = 0;
  uint64_t children_user = 0;
  uint64_t children_system = 0;
  if (fields.size() <= 22 - kFirst || !absl::SimpleAtoi(fields[4 - kFirst], &stat.parent) ||
      !absl::SimpleAtoi(fields[5 - kFirst], &stat.group) ||
      !absl::SimpleAtoi(fields[14 - kFirst], &user) ||
      !absl::SimpleAtoi(fields[15 - kFirst], &system) ||
      !absl::SimpleAtoi(fields[16 - kFirst], &children_user) ||
      !absl::SimpleAtoi(fields[17 - kFirst], &children_system) ||
      !absl::SimpleAtoi(fields[22 - kFirst], &stat.start_ticks)) {
    return std::nullopt;
  }
  constexpr size_t kArguments = 48 - kFirst;  // Linux 3.5
  if (fields.size() <= kArguments || !absl::SimpleAtoi(fields[kArguments], &stat.arguments)) {
    stat.arguments = 0;
  }
  stat.state = fields[0].front();
  stat.run_ticks = user + system;
  stat.children_ticks = children_user + children_system;
  return stat;
}

int64_t NsOfTicks(uint64_t ticks) {
  static const int64_t ns_per_tick = 1'000'000'000 / sysconf(_SC_CLK_TCK);
  return static_cast<int64_t>(ticks) * ns_per_tick;
}

}  // namespace pyslow
