// Reads a session directory, at any time, into plain data.
#ifndef PYSLOW_SESSION_SNAPSHOT_H_
#define PYSLOW_SESSION_SNAPSHOT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/function_id.h"
#include "session/cell.h"
#include "session/record_flags.h"
#include "session/session_settings.h"

namespace pyslow::session {

// Sums of FunctionCounters. In a running process the counters are read one after another, so that
// calls and delayed may differ by one call.
struct CallCounts {
  uint64_t calls = 0;
  uint64_t calls_outside = 0;
  uint64_t delayed = 0;
  uint64_t asked_ns = 0;
  double spun_ns = 0;
  uint64_t own_ns = 0;   // 0 if it is not measured
  uint64_t resumed = 0;  // of `calls`: resumptions
  CallCounts& operator+=(const CallCounts& other);
};

struct FunctionSnapshot {
  FunctionId id;
  uint32_t group = 0;      // index into Settings::groups
  uint32_t target = 0;     // index into Settings::targets
  CallCounts counts;       // over all processes
  uint32_t processes = 0;  // number that called it
};

// The counts of a function in one process that called it.
struct FunctionInProcess {
  uint32_t function = 0;  // index into SessionSnapshot::functions
  CallCounts counts;
};

struct ProcessSnapshot {
  std::string record;       // the file's name
  std::string forked_from;  // the record of the parent, if this is its fork; else ""
  int64_t pid = 0;
  int64_t parent_pid = 0;
  std::string host;
  std::string boot_id;
  uint64_t start_ticks = 0;        // field 22 of /proc/PID/stat
  int64_t start_wall_ns = 0;       // when the record was created
  int64_t start_monotonic_ns = 0;  // likewise, CLOCK_MONOTONIC of its machine
  int64_t end_monotonic_ns = 0;    // 0: running, killed, or replaced by exec
  // When the interpreter began to finalize, which takes milliseconds; 0 likewise.
  int64_t main_end_monotonic_ns = 0;
  bool running = false;  // false if it ran on another machine or before a reboot
  std::string command;   // its argv, joined by spaces
  std::string python_version;
  double ns_per_tick = 1;
  double resolution_ns = 0;
  uint64_t flags = 0;  // RecordFlags
  uint64_t lost = 0;   // functions that are not in the record, for lack of space
  std::vector<std::string> notes;
  std::vector<FunctionInProcess> functions;
};

// Processes on several hosts or in several boots may share a session directory. Counts are summed
// over all; each process has its host and boot id.
struct SessionSnapshot {
  Settings settings;
  std::vector<Cell> cells;       // the values now in force, by group
  int64_t window_opened_ns = 0;  // see Session::window_opened_ns
  uint64_t uncounted = 0;        // processes without a record, if they could report it
  int64_t read_monotonic_ns = 0;
  std::string read_host;                    // the machine that read the session
  std::string read_boot_id;                 // likewise, to compare with a record's boot id
  std::vector<ProcessSnapshot> processes;   // by start
  std::vector<FunctionSnapshot> functions;  // by id
  std::vector<std::string> process_names;   // of all processes, sorted; see patterns/roles.h
  // Called but matched by no target, and aliases (see AliasId); by id; lines are 0.
  std::vector<FunctionId> unmatched;
};

// Reads the session in `directory`, running or not. Thread-safe; safe on arbitrary files. Errors,
// as "PATH: WHAT": NotFound (no directory, or no session in it), DataLoss (damaged, truncated or of
// another session), PermissionDenied, Unavailable.
absl::StatusOr<SessionSnapshot> ReadSession(const std::string& directory);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SNAPSHOT_H_
