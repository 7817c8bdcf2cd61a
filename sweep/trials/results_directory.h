// Makes the directory for the results of a sweep, and names and removes the sessions in it.
#ifndef PYSLOW_SWEEP_TRIALS_RESULTS_DIRECTORY_H_
#define PYSLOW_SWEEP_TRIALS_RESULTS_DIRECTORY_H_

#include <ctime>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::trials {

// Makes the directory `path`, which must not exist; if `path` is "", makes a directory with a name
// of local time `now` in the current directory. Returns its name. Error messages are complete.
absl::StatusOr<std::string> MakeResultsDirectory(const std::string& path, std::time_t now);

// `directory` as an absolute path; as it is if the working directory was removed, so that its use
// fails.
std::string AbsoluteDirectory(const std::string& directory);

// The directory of the session `name` in that of the results: absolute, as above.
std::string SessionDirectory(const std::string& results, absl::string_view name);

// Removes the directory of a session, as after a trial, or before one if a sweep that was killed
// has left it. If that fails, the directory is harmless.
void RemoveSession(const std::string& directory);

// "2025-06-01T12:00:00Z".
std::string FormatUtc(std::time_t time);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_RESULTS_DIRECTORY_H_
