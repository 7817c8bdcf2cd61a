// The words of the command of a sweep, as people type them.
#ifndef PYSLOW_SWEEP_CLI_PROGRAM_WORDS_H_
#define PYSLOW_SWEEP_CLI_PROGRAM_WORDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::cli {

// Replaces the command by the one for pyslow; see ReadTypedCommand. Sets `*dropped` to the name of
// a Python that stood in front, or "". InvalidArgument, with a complete message, if it names no
// Python program. With a launcher, the command stays: the files may be on another machine, and
// pyslow reads the words there.
absl::Status ReadProgramWords(const std::vector<std::string>& environment,
                              trials::TrialSettings* settings, std::string* dropped);

// The same for the command of the sweep and, with --against, for that of the other version, whose
// command is set: without one of its own, it is that of the sweep, read in its own environment.
// `*dropped` is as above, for each version.
struct DroppedWords {
  std::string first;
  std::string other;
};
absl::Status ReadBothPrograms(const std::vector<std::string>& environment,
                              trials::TrialSettings* settings, DroppedWords* dropped);

// InvalidArgument if `dropped` names a minor version ("python3.12"), and `version`, the output of
// pyslow --version, says that pyslow runs another one.
absl::Status CheckDroppedVersion(const std::string& dropped, const std::string& version);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_PROGRAM_WORDS_H_
