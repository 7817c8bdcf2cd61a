// Makes the target file, the command line and the environment with which a sweep starts pyslow.
#ifndef PYSLOW_SWEEP_TRIALS_PYSLOW_COMMAND_H_
#define PYSLOW_SWEEP_TRIALS_PYSLOW_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// The target files and groups of a setup, for pyslow's command line.
struct Instrumentation {
  std::string targets_file;  // absolute
  std::string targets;       // its text
  // The target file of trials that are not instrumented: only the function of --progress, which
  // must be counted; "" without --progress.
  std::string plain_targets_file;
  std::vector<std::string> groups;  // of the setup, as are the next two
  std::vector<std::string> chosen;  // empty: all groups
  bool own_time = false;
  // The last group of both files; it counts the calls of --progress unless an earlier group matches
  // them. "" without --progress.
  std::string progress_group;
};

// Writes DIRECTORY/NAME.targets and, with --progress, DIRECTORY/progress.targets. Error messages
// are complete.
absl::StatusOr<Instrumentation> WriteTargets(const Setup& setup, const TrialSettings& settings,
                                             const std::string& directory);

// The text of a target file with one group that matches only `function`:
// `[GROUP]\nMODULE:QUALNAME\n`. InvalidArgument if `function` is not a MODULE:QUALNAME, or is a
// pattern.
absl::StatusOr<std::string> SingleFunctionGroup(absl::string_view group,
                                                absl::string_view function);

// The argv of a trial: the launcher, pyslow, its options, the command of the sweep. No function is
// a target if `instrumented` is false, except that of --progress. Groups without a treatment have
// delay 0. `releases_gil`: TrialSpec::releases_gil.
std::vector<std::string> PyslowArgv(const TrialSettings& settings,
                                    const Instrumentation& instrumentation, bool instrumented,
                                    const std::vector<Treatment>& treatments,
                                    const std::string& session_directory,
                                    bool releases_gil = false);

// The groups that --group selects; empty: all.
std::vector<std::string> SelectedGroups(const Instrumentation& instrumentation);

// Whether pyslow makes a session with the argv of PyslowArgv.
bool HasSession(const Instrumentation& instrumentation, bool instrumented);

struct TrialEnvironment {
  std::vector<std::string> variables;  // NAME=VALUE
  std::vector<std::string> ignored;    // names of the variables left out
};

// Removes the variables whose settings the sweep makes itself (SPEED_BUMP_TARGETS,
// SPEED_BUMP_DELAY_NS, …). SPEED_BUMP_ON and SPEED_BUMP_GIL stay. Adds PYTHONUNBUFFERED=1 unless
// that variable exists, so that a figure printed before os._exit or a signal is not lost.
TrialEnvironment EnvironmentForTrials(const std::vector<std::string>& environment);

// Adds a new session ID to `environment`, so that all processes that a launcher starts share one
// session. `function_cells`: session::Settings::function_cells.
std::vector<std::string> EnvironmentOfSession(std::vector<std::string> environment,
                                              bool function_cells = false);

// The variable that EnvironmentOfSession added first: NAME=VALUE, unique to the session.
std::string SessionVariable(const std::vector<std::string>& environment);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PYSLOW_COMMAND_H_
