// Reads the files of /proc that describe processes; see proc(5). Any thread.
#ifndef PYSLOW_BASE_PROC_STAT_H_
#define PYSLOW_BASE_PROC_STAT_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pyslow {

// The first `max_bytes` of a file of /proc or /sys; "" if it cannot be read.
std::string ReadSmallFile(const std::string& path, size_t max_bytes = 4096);

// The entries of a directory that are numbers, ascending: the processes in /proc, or the threads in
// a `task` directory. Empty if the directory cannot be read.
std::vector<pid_t> NumbersIn(const std::string& directory);

struct ProcessStat {
  char state = '?';  // 'Z': the process has ended, and its parent has not waited for it
  pid_t parent = 0;
  pid_t group = 0;
  // Processor time, user and system, in clock ticks (_SC_CLK_TCK): of the process with its threads
  // that have ended, and of the descendants that it and they have waited for.
  uint64_t run_ticks = 0;
  uint64_t children_ticks = 0;
  uint64_t start_ticks = 0;  // start time, in clock ticks since boot
  // The address of its arguments, which another one replaces when it executes a program. 0: it has
  // ended, or the kernel does not show it.
  uint64_t arguments = 0;
};

// Parses /proc/PID/stat. `proc` is the directory where /proc is mounted. nullopt if there is no
// such process.
std::optional<ProcessStat> ReadProcessStat(absl::string_view proc, pid_t pid);

// Clock ticks (_SC_CLK_TCK) in nanoseconds.
int64_t NsOfTicks(uint64_t ticks);

}  // namespace pyslow

#endif  // PYSLOW_BASE_PROC_STAT_H_
