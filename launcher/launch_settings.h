// Resolves the command line and the environment into settings, and into the variables that pass the
// settings on to descendants.
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
#include "launcher/setting_source.h"
#include "patterns/target_set.h"
#include "session/cell.h"

namespace pyslow::launcher {

// Inputs from the process and the system; tests replace them.
struct Surroundings {
  Environment environment;
  int64_t monotonic_ns = 0;  // now
  int64_t pid = 0;
  // Called only if something is targeted.
  std::function<std::string()> boot_id;  // monotonic clocks of different boots are unrelated
  std::function<std::string()> fresh_session_id;   // for a session without an id
  std::function<std::string()> current_directory;  // "" if it was deleted
};

struct ResolvedSettings {
  core::Settings engine;
  // nullopt: nothing is targeted, and pyslow behaves as plain python.
  std::optional<patterns::TargetSet> targets;
  int64_t delay_ns = 1'000;          // 0 … kMaxDelayNs; 0 is the control
  int64_t frequency = 1;             // 1 … kMaxFrequency: every Nth call of a function is delayed
  std::vector<session::Cell> cells;  // delay and frequency of each group of the targets
  std::string targets_path;          // absolute path of the target file, or ""
  // --start-at: one pattern; the first call of a function that it matches opens the window.
  std::optional<patterns::TargetSet> start_at;
  std::string session_id;
  std::string session_directory;  // --session, absolute, or ""
  bool function_cells = false;    // session::Settings::function_cells
  bool summary = false;
  bool is_first_process = true;  // of the session
  // Not "": why this process runs without delays although it has targets.
  std::string disabled_reason;
  // Variables to set in this process's environment, for descendants.
  std::vector<std::pair<std::string, std::string>> exports;
};

// InvalidArgument, "WHERE: WHAT, …", for an error in an option, a variable or the target file.
absl::StatusOr<ResolvedSettings> ResolveSettings(const CommandLine& line,
                                                 const Surroundings& surroundings);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_LAUNCH_SETTINGS_H_
