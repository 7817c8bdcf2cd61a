// Identifies the machine, the boot and the process.
#ifndef PYSLOW_SESSION_HOST_H_
#define PYSLOW_SESSION_HOST_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace pyslow::session {

std::string HostName();
// The kernel's boot id; "" if /proc lacks it.
std::string BootId();
// The start time of a process in clock ticks since boot, field 22 of /proc/PID/stat. 0 if there is
// no such process, if it is a zombie, or if /proc cannot be read.
uint64_t StartTicks(pid_t pid);
// The name of this process's main thread, as ps -o comm shows it; "" if /proc cannot be read.
std::string ThreadName();
// This process's argv joined by spaces, without the `left_out` words that follow the first, cut to
// `max_bytes` with an ellipsis at the end.
std::string CommandLine(size_t max_bytes, size_t left_out = 0);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_HOST_H_
