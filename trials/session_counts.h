// From a session's directory to what a trial counted.
#ifndef PYSLOW_TRIALS_SESSION_COUNTS_H_
#define PYSLOW_TRIALS_SESSION_COUNTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "trials/trial.h"
#include "session/snapshot.h"

namespace pyslow::trials {

// Summed over the functions of the groups chosen and over all processes.
SessionReading Summarise(const session::SessionSnapshot& snapshot);

// The same for the session in `directory`. Errors as ReadSession's.
absl::StatusOr<SessionReading> ReadSessionCounts(const std::string& directory);

}  // namespace pyslow::trials

#endif  // PYSLOW_TRIALS_SESSION_COUNTS_H_
