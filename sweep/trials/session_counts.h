// From a session's records to what a trial counted.
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
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// Reads the session in a directory: session::ReadSession, or what a test puts in its place.
using SessionReader =
    std::function<absl::StatusOr<session::SessionSnapshot>(const std::string& directory)>;

// By group of `groups`; nullopt where a process or a function ran uncounted. Records of one
// process, which exec has run through, are one process.
std::optional<std::vector<GroupCounts>> CountsByGroup(const session::SessionSnapshot& snapshot,
                                                      const std::vector<std::string>& groups);

// The functions of these groups that were called.
std::vector<FunctionCounts> CountsByFunction(const session::SessionSnapshot& snapshot,
                                             const std::vector<std::string>& groups);

// Calls in the window of `function`, MODULE:QUALNAME, in whichever group it is: of the main program
// MODULE is its real name too. All calls of the group `own` are its calls.
uint64_t CallsOf(const session::SessionSnapshot& snapshot, absl::string_view function,
                 absl::string_view own);

// What the records tell beside counts, each once.
std::vector<std::string> NotesOf(const session::SessionSnapshot& snapshot);

// How long the window was open, from the records: nullopt where a process did not tell its end
// (but for children of others, which are taken to have ended before them), or one has another
// clock.
std::optional<double> WindowSeconds(const session::SessionSnapshot& snapshot,
                                    const TrialSettings& settings);
// Likewise for a session that lived for `life_seconds`, with a window that opens by the clock.
double WindowSeconds(double life_seconds, int64_t start_ns, int64_t duration_ns);

// Takes the counts of an earlier snapshot of the same session from those of `*later`.
void Subtract(const session::SessionSnapshot& earlier, session::SessionSnapshot* later);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_SESSION_COUNTS_H_
