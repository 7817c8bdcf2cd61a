// What one session runs with, the same for all of its processes: plain data.
#ifndef PYSLOW_SESSION_SESSION_SETTINGS_H_
#define PYSLOW_SESSION_SESSION_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "session/cell.h"

namespace pyslow::session {

struct Group {
  std::string name;
  Cell initial;        // what its cell starts with
  bool chosen = true;  // false: left out by --group; it still owns its functions
};

struct Target {
  std::string source;   // the target file's absolute path, or "--target"
  uint32_t line = 0;    // counted from 1
  uint32_t column = 0;  // in bytes, counted from 1
  std::string text;     // the pattern as written
  uint32_t group = 0;   // index into Settings::groups
  bool exclusion = false;
};

struct Settings {
  std::string session_id;          // 1 to kMaxSessionIdBytes bytes
  int64_t epoch_monotonic_ns = 0;  // CLOCK_MONOTONIC at the session's start; 0: when it is opened
  int64_t epoch_wall_ns = 0;       // CLOCK_REALTIME, likewise
  std::string host;                // of the first process; filled in when the session is made
  std::string boot_id;             // likewise: monotonic times mean something within one boot
  // What else a reader should know and processes of one session must agree on: a line "name=value"
  // for each setting.
  std::string text;
  std::vector<Group> groups;
  std::vector<Target> targets;
};

inline constexpr size_t kMaxSessionIdBytes = 256;

// 32 hexadecimal digits nobody can guess.
std::string NewSessionId();

// What tells `a` from `b` in what the processes of a session must agree on (text, groups and their
// initial cells, targets): "" or one phrase, such as "delay=1us is not delay=10us".
std::string Difference(const Settings& a, const Settings& b);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SESSION_SETTINGS_H_
