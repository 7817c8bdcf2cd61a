// Makes a sweep that is continued run the program with which it began.
#ifndef PYSLOW_SWEEP_CLI_SAME_PROGRAM_H_
#define PYSLOW_SWEEP_CLI_SAME_PROGRAM_H_

#include <string>

#include "absl/status/status.h"
#include "sweep/trials/python_program.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::cli {

// Changes the current directory to the one in which the sweep was started, if that is recorded.
// Makes `*results`, the directory of its results, absolute if the current directory was another
// one. FailedPrecondition, with a complete message, if that directory cannot be entered.
absl::Status EnterStartDirectory(const trials::RecordedSweep& recorded, std::string* results);

// FailedPrecondition, with a complete message, if a file of the program is not the one that the
// last trials of `recorded` ran. OK for a sweep that did not record its files.
absl::Status CheckUnchanged(const trials::RecordedSweep& recorded,
                            const trials::FileChecksums& now);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SAME_PROGRAM_H_
