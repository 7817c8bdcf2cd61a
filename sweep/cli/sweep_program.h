// pyslow-sweep as a whole: from its words to what it prints and its exit status.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_PROGRAM_H_
#define PYSLOW_SWEEP_CLI_SWEEP_PROGRAM_H_

#include <string>
#include <vector>

namespace pyslow::cli {

// `words` is argv without argv[0]; `environment` holds NAME=VALUE. The findings go to standard
// output, all else to standard error. Returns 0, 1 for a failed trial, 2 for a mistake found before
// anything was run, or 128 and the signal that ended it. Not thread-safe: it blocks signals.
int RunProgram(const std::vector<std::string>& words, const std::vector<std::string>& environment);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_PROGRAM_H_
