// Which machine, boot and process this is, and what time.
#ifndef PYSLOW_SESSION_HOST_H_
#define PYSLOW_SESSION_HOST_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace pyslow::session {

std::string HostName();
// The kernel's boot id, or "" where /proc does not tell.
std::string BootId();
// When the process started: field 22 of /proc/PID/stat, in clock ticks since boot. 0: no such
// process, or one that has ended and waits for its parent, or /proc does not tell.
uint64_t StartTicks(pid_t pid);
// This process's argv joined by spaces, cut to `max_bytes` with an ellipsis at the end.
std::string CommandLine(size_t max_bytes);

int64_t MonotonicNs();
int64_t WallNs();

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_HOST_H_
