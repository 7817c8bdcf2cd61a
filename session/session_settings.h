// The settings of a session, equal in all its processes. Plain data.
#ifndef PYSLOW_SESSION_SESSION_SETTINGS_H_
#define PYSLOW_SESSION_SESSION_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "session/cell.h"

namespace pyslow::session {

struct Group {
  std::string name;
  Cell initial;              // the value of its cell at the session's start
  bool chosen = true;        // false: not selected by --group; its targets still match functions
  std::string process = {};  // the text of its process=GLOB; empty if it has none
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
  int64_t epoch_monotonic_ns = 0;  // CLOCK_MONOTONIC at the session's start; 0: the time of Open
  int64_t epoch_wall_ns = 0;       // CLOCK_REALTIME, likewise
  std::string host;                // of the first process; filled in when the session is created
  std::string boot_id;             // likewise; monotonic times are comparable only within one boot
  // All other settings, one "name=value" per line. Readers show them; all processes must agree.
  std::string text;
  std::vector<Group> groups;
  std::vector<Target> targets;
  // Whether each function has a cell of its own and own time can be switched: see function_cells.h.
  // The session's first process decides.
  bool function_cells = false;
};

inline constexpr size_t kMaxSessionIdBytes = 256;

// 32 random hexadecimal digits.
std::string NewSessionId();

// The first difference between `a` and `b` in the members on which all processes must agree (text,
// groups with their initial cells, targets), such as "delay=1us is not delay=10us"; "" if none.
std::string Difference(const Settings& a, const Settings& b);

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SESSION_SETTINGS_H_
