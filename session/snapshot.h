// Reading a session's directory, at any time, into plain data.
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

// Sums of FunctionCounters. (calls and delayed may be off by one against each other in a process
// that runs while it is read.)
struct CallCounts {
  uint64_t calls = 0;
  uint64_t calls_outside = 0;
  uint64_t delayed = 0;
  uint64_t asked_ns = 0;
  double spun_ns = 0;
  uint64_t own_ns = 0;  // 0 where it is not measured
  CallCounts& operator+=(const CallCounts& other);
};

struct FunctionSnapshot {
  FunctionId id;
  uint32_t group = 0;      // index into Settings::groups
  uint32_t target = 0;     // index into Settings::targets
  CallCounts counts;       // over all processes
  uint32_t processes = 0;  // that called it
};

// A function that the process called.
struct FunctionInProcess {
  uint32_t function = 0;  // index into SessionSnapshot::functions
  CallCounts counts;
};

struct ProcessSnapshot {
  std::string record;       // the file's name
  std::string forked_from;  // the record of the process that it was forked from, or ""
  int64_t pid = 0;
  int64_t parent_pid = 0;
  std::string host;
  std::string boot_id;
  uint64_t start_ticks = 0;        // field 22 of /proc/PID/stat
  int64_t start_wall_ns = 0;       // when the record was made
  int64_t start_monotonic_ns = 0;  // likewise, on its machine's clock
  int64_t end_monotonic_ns = 0;    // 0: it runs, or did not end in an orderly way
  // When the program itself had ended and the interpreter began to; 0 as above. It takes
  // milliseconds.
  int64_t main_end_monotonic_ns = 0;
  bool running = false;  // is there now; only known on the machine and boot it ran in
  std::string command;   // its argv, joined by spaces
  std::string python_version;
  double ns_per_tick = 1;
  double resolution_ns = 0;
  uint64_t flags = 0;  // of RecordFlags
  uint64_t lost = 0;   // functions not counted since no space could be had
  std::vector<std::string> notes;
  std::vector<FunctionInProcess> functions;
};

// Processes on several hosts, or in several boots of one, may share a session's directory: what is
// counted is added up, and each says where it ran.
struct SessionSnapshot {
  Settings settings;
  std::vector<Cell> cells;       // as they are now, one for each group
  int64_t window_opened_ns = 0;  // see Session::window_opened_ns
  uint64_t uncounted = 0;        // processes that ran without a record, as far as they could say so
  int64_t read_monotonic_ns = 0;
  std::string read_host;                    // of the machine that read it
  std::string read_boot_id;                 // likewise: is read_monotonic_ns on a record's clock?
  std::vector<ProcessSnapshot> processes;   // by start
  std::vector<FunctionSnapshot> functions;  // by id
  std::vector<FunctionId> unmatched;        // called, matched by no target; by id, without lines
};

// The session in `directory`, whether it runs or not. Errors, worded as "FILE: WHAT" with the path:
// NotFound (no such directory, or no session in it), DataLoss (damaged, truncated or foreign),
// PermissionDenied, Unavailable. Input from anyone is safe to read.
absl::StatusOr<SessionSnapshot> ReadSession(const std::string& directory);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SNAPSHOT_H_
