#include "sweep/trials/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace pyslow::trials {

std::string ReadSmallFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  const auto close_file = absl::MakeCleanup([fd] { close(fd); });
  std::array<char, 4096> text;
  const ssize_t got = read(fd, text.data(), text.size());
  return got > 0 ? std::string(text.data(), static_cast<size_t>(got)) : "";
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

std::optional<ProcessStat> ReadProcessStat(const std::string& proc, pid_t pid) {
  const std::string text = ReadSmallFile(absl::StrCat(proc, "/", pid, "/stat"));
  // The second field, the name in parentheses, may hold anything; what follows is plain.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(text).substr(name_end + 1), ' ', absl::SkipEmpty());
  constexpr size_t kFirst = 3;  // proc(5) numbers the fields from 1, and the state is the third
  ProcessStat stat;
  if (fields.size() <= 22 - kFirst || !absl::SimpleAtoi(fields[4 - kFirst], &stat.parent) ||
      !absl::SimpleAtoi(fields[5 - kFirst], &stat.group) ||
      !absl::SimpleAtoi(fields[22 - kFirst], &stat.start_ticks)) {
    return std::nullopt;
  }
  stat.state = fields[0].front();
  return stat;
}

std::optional<SchedulerTimes> ReadSchedulerTimes(const std::string& proc, pid_t pid, pid_t thread) {
  const std::string text =
      ReadSmallFile(absl::StrCat(proc, "/", pid, "/task/", thread, "/schedstat"));
  const std::vector<absl::string_view> fields =
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  SchedulerTimes times;
  if (fields.size() < 2 || !absl::SimpleAtoi(fields[0], &times.run_ns) ||
      !absl::SimpleAtoi(fields[1], &times.wait_ns)) {
    return std::nullopt;
  }
  return times;
}

std::optional<ProcessorTimes> ReadProcessorTimes(const std::string& proc) {
  const std::string text = ReadSmallFile(absl::StrCat(proc, "/stat"));
  absl::string_view line = absl::string_view(text).substr(0, text.find('\n'));
  if (!absl::ConsumePrefix(&line, "cpu ")) return std::nullopt;
  // user nice system idle iowait irq softirq steal guest guest_nice; guests are in the first two.
  std::array<double, 8> ticks = {};
  const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (fields.size() < ticks.size()) return std::nullopt;
  for (size_t i = 0; i < ticks.size(); ++i) {
    if (!absl::SimpleAtod(fields[i], &ticks[i])) return std::nullopt;
  }
  const auto per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  return ProcessorTimes{(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / per_second,
                        ticks[7] / per_second};
}

std::optional<double> ReadProcessorMhz(const std::string& sys) {
  double sum = 0;
  int processors = 0;
  for (int cpu = 0;; ++cpu) {
    double khz = 0;
    const std::string text = ReadSmallFile(
        absl::StrCat(sys, "/devices/system/cpu/cpu", cpu, "/cpufreq/scaling_cur_freq"));
    if (!absl::SimpleAtod(text, &khz)) break;
    sum += khz / 1000;
    ++processors;
  }
  if (processors == 0) return std::nullopt;
  return sum / processors;
}

}  // namespace pyslow::trials
