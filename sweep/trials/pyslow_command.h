// How pyslow is started for a sweep: its target file, its words and its environment.
#ifndef PYSLOW_SWEEP_TRIALS_PYSLOW_COMMAND_H_
#define PYSLOW_SWEEP_TRIALS_PYSLOW_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// A setup as pyslow is told of it.
struct Instruments {
  std::string targets_file;  // absolute
  // The targets of trials that are not instrumented: with --progress that function alone, which
  // must be counted, else "".
  std::string plain_targets_file;
  std::vector<std::string> groups;  // the setup's
  std::vector<std::string> chosen;  // likewise; empty: all
  bool own_time = false;            // likewise
  // The last group of either file, where --progress is counted unless another group has it; or "".
  std::string progress_group;
};

// Writes DIRECTORY/NAME.targets, and DIRECTORY/progress.targets. Errors are whole messages.
absl::StatusOr<Instruments> WriteTargets(const Setup& setup, const TrialSettings& settings,
                                         const std::string& directory);

// The group and the pattern that match a name alone: `[GROUP]\nMODULE:QUALNAME\n`.
// InvalidArgument where `function` is no MODULE:QUALNAME.
absl::StatusOr<std::string> OwnGroup(absl::string_view group, absl::string_view function);

// The words of a start, the launcher's first and the sweep's command last. Where `instrumented` is
// false, plain Python. Groups without a treatment have delay 0.
std::vector<std::string> StartWords(const TrialSettings& settings, const Instruments& instruments,
                                    bool instrumented, const std::vector<Treatment>& treatments,
                                    const std::string& session_directory);

// Whether such a start has a session.
bool HasSession(const Instruments& instruments, bool instrumented);

struct TrialEnvironment {
  std::vector<std::string> variables;  // NAME=VALUE
  std::vector<std::string> ignored;    // names left out
};

// `environment` without the variables that say what the sweep itself says (SPEED_BUMP_TARGETS,
// SPEED_BUMP_DELAY_NS, …). Those that it says nothing of, SPEED_BUMP_ON and SPEED_BUMP_GIL, stay.
TrialEnvironment EnvironmentForTrials(const std::vector<std::string>& environment);

// `environment` for a start of its own session, which is one whatever the launcher starts.
std::vector<std::string> EnvironmentOfSession(std::vector<std::string> environment);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PYSLOW_COMMAND_H_
