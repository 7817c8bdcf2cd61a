// Makes the directory for the results of a sweep.
#ifndef PYSLOW_SWEEP_TRIALS_RESULTS_DIRECTORY_H_
#define PYSLOW_SWEEP_TRIALS_RESULTS_DIRECTORY_H_

#include <ctime>
#include <string>

#include "absl/status/statusor.h"

namespace pyslow::trials {

// Makes the directory `path`, which must not exist; if `path` is "", makes a directory with a name
// of local time `now` in the current directory. Returns its name. Error messages are complete.
absl::StatusOr<std::string> MakeResultsDirectory(const std::string& path, std::time_t now);

// "2025-06-01T12:00:00Z".
std::string FormatUtc(std::time_t time);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_RESULTS_DIRECTORY_H_
