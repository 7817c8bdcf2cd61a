// From a session's directory to what a trial counted.
#ifndef PYSLOW_EXPERIMENT_SESSION_COUNTS_H_
#define PYSLOW_EXPERIMENT_SESSION_COUNTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "experiment/trial.h"
#include "session/snapshot.h"

namespace pyslow::experiment {

// Summed over the functions of the groups chosen and over all processes.
SessionReading Summarise(const session::SessionSnapshot& snapshot);

// The same for the session in `directory`. Errors as ReadSession's.
absl::StatusOr<SessionReading> ReadSessionCounts(const std::string& directory);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_SESSION_COUNTS_H_
