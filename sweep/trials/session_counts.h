// Computes the counts of a trial from a snapshot of its session.
#ifndef PYSLOW_SWEEP_TRIALS_SESSION_COUNTS_H_
#define PYSLOW_SWEEP_TRIALS_SESSION_COUNTS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "session/snapshot.h"
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// Reads the session in a directory: session::ReadSession, or a fake in tests.
using SessionReader =
    std::function<absl::StatusOr<session::SessionSnapshot>(const std::string& directory)>;

// The counts of each group of `groups`. nullopt if calls of a process or a function were not
// counted. The records of a process before and after exec count as one process.
std::optional<std::vector<GroupCounts>> CountsByGroup(const session::SessionSnapshot& snapshot,
                                                      const std::vector<std::string>& groups);

// The counts of all functions of `groups` that were called.
std::vector<FunctionCounts> CountsByFunction(const session::SessionSnapshot& snapshot,
                                             const std::vector<std::string>& groups);

// The number of calls of settings.progress in the window. The function may be in any group; all
// calls of the group `progress_group` count, unless that is "". Its module matches `__main__` if
// the file name of the main program fits. Resumptions count only if `--on resume` was given.
uint64_t ProgressOf(const session::SessionSnapshot& snapshot, const TrialSettings& settings,
                    absl::string_view progress_group);

// If the session has no function settings.progress, the most similar one as the end of a message,
// "; similar: app:Engine.step". "" if there is none.
std::string SimilarToProgress(const session::SessionSnapshot& snapshot,
                              const TrialSettings& settings);

// The notes of all processes, without duplicates.
std::vector<std::string> NotesOf(const session::SessionSnapshot& snapshot);

// The window by CLOCK_MONOTONIC.
struct WindowTimes {
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
};
// The window from the records. nullopt if it has no length, if the end of a process is unknown or
// if its clock is of another boot. A child that recorded no end is assumed to have ended before its
// parent.
std::optional<WindowTimes> WindowOf(const session::SessionSnapshot& snapshot,
                                    const TrialSettings& settings);

// The length of the same window in seconds; 0 if --start-at was never called.
std::optional<double> WindowSeconds(const session::SessionSnapshot& snapshot,
                                    const TrialSettings& settings);
// The length of the window in seconds, of a session that lasted `life_seconds`; duration_ns 0:
// until the end of the session.
double WindowSeconds(double life_seconds, int64_t start_ns, int64_t duration_ns);

// Subtracts the counts of `earlier`, a snapshot of the same session, from those of `*later`.
void Subtract(const session::SessionSnapshot& earlier, session::SessionSnapshot* later);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_SESSION_COUNTS_H_
