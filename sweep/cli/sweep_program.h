// pyslow-sweep without its main(): from the words of the command line to the exit status.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_PROGRAM_H_
#define PYSLOW_SWEEP_CLI_SWEEP_PROGRAM_H_

#include <string>
#include <vector>

namespace pyslow::cli {

// `words` is argv without argv[0]; `environment` holds NAME=VALUE. Prints the findings to standard
// output and everything else to standard error. Returns 0, 1 after a failed trial, 2 for a mistake
// found before anything runs, 3 if a condition of --fail-if holds, or 128 plus the number of the
// signal that ended the sweep. Blocks signals, so it is for the main thread of a program that does
// nothing else.
int RunProgram(const std::vector<std::string>& words, const std::vector<std::string>& environment);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_PROGRAM_H_
