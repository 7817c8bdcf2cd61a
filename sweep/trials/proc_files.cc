#include "sweep/trials/proc_files.h"

#include <unistd.h>

#include <array>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/proc_stat.h"

namespace pyslow::trials {

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
