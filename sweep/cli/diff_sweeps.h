// Compares two finished sweeps: --diff DIR DIR.
#ifndef PYSLOW_SWEEP_CLI_DIFF_SWEEPS_H_
#define PYSLOW_SWEEP_CLI_DIFF_SWEEPS_H_

#include "sweep/cli/sweep_command_line.h"

namespace pyslow::cli {

// Analyses both sweeps of line.diff again, and prints what differs; with line.json, as JSON. Runs
// nothing and writes no file. Returns the exit status.
int DiffSweeps(const CommandLine& line);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_DIFF_SWEEPS_H_
