// From the command line and the environment to settings, and to what descendants are told.
#ifndef PYSLOW_LAUNCHER_LAUNCH_SETTINGS_H_
#define PYSLOW_LAUNCHER_LAUNCH_SETTINGS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine_settings.h"
#include "launcher/pyslow_command_line.h"
#include "patterns/target_set.h"
#include "session/cell.h"

namespace pyslow::launcher {

// The value of a variable; nullopt where it is unset or empty, which mean the same.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// What is asked of the world while settings are resolved, so that tests can say it.
struct Surroundings {
  Environment environment;
  int64_t monotonic_ns = 0;  // now
  int64_t pid = 0;
  // Asked where they are needed: nothing is where nothing is targeted.
  std::function<std::string()>
      boot_id;  // of this run of this kernel: monotonic clocks differ by it
  std::function<std::string()> fresh_session_id;   // to be used where the session has none
  std::function<std::string()> current_directory;  // "" where it is gone
};

struct ResolvedSettings {
  core::Settings engine;
  // nullopt: nothing is targeted, and this start is plain python.
  std::optional<patterns::TargetSet> targets;
  std::vector<session::Cell> cells;  // of each group of the targets: its delay and frequency
  std::string targets_path;          // of the target file, absolute, or ""
  std::string session_id;
  std::string session_directory;  // --session, absolute, or ""
  bool summary = false;
  bool is_first_process = true;  // of the session
  // Not empty: this process runs unslowed, for this reason, which it says on stderr.
  std::string unslowed;
  // Variables to set for descendants (and for this process, which Python reads them in).
  std::vector<std::pair<std::string, std::string>> exports;
};

// An option beats its variable. InvalidArgument with a whole message, "WHERE: WHAT, …", for any
// mistake in either, or in the target file.
absl::StatusOr<ResolvedSettings> ResolveSettings(const CommandLine& line,
                                                 const Surroundings& surroundings);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_LAUNCH_SETTINGS_H_
