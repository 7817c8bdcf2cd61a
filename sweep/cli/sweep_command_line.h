// The command line of pyslow-sweep: options, `--`, and the command to measure.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_COMMAND_LINE_H_
#define PYSLOW_SWEEP_CLI_SWEEP_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sweep/model/gate.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::cli {

struct CommandLine {
  // If one of these four is set, nothing else is.
  bool help = false;
  bool version = false;
  bool list_benchmarks = false;
  std::string completion;  // the shell of --completion, or ""
  // The settings of a new sweep, except TrialSettings::pyslow, which is as given, and the seed,
  // which is 0 unless `seed_given`. With --resume only blocks, precision and budget are read.
  steps::Settings settings;
  bool seed_given = false;
  std::string out;                // --out, or ""
  std::string resume;             // --resume, or ""
  std::string from;               // --from, or ""
  std::vector<std::string> diff;  // --diff: none, or two directories
  bool json = false;
  bool accept_changes = false;
  std::vector<model::Gate> gates;  // --fail-if
  bool quiet = false;
};

// Parses `words`, which is argv without argv[0]. InvalidArgument with a whole message, "WHERE:
// WHAT, WHAT TO DO", for the first mistake. Checks neither target files nor regular expressions.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words);

// The text of --help.
std::string HelpText();

// The text of --list-benchmarks.
std::string BenchmarksText();

// The text of --completion for one of its shells.
std::string CompletionText(const std::string& shell);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_COMMAND_LINE_H_
