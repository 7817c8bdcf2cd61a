// pyslow-sweep's command line: its own options, `--`, and the command.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_COMMAND_LINE_H_
#define PYSLOW_SWEEP_CLI_SWEEP_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::cli {

struct CommandLine {
  bool help = false;
  bool version = false;
  // With neither of them: all but TrialSettings::pyslow and steps::Settings::seed, which are as
  // given or as they stand there.
  steps::Settings settings;
  bool seed_given = false;
  std::string out;     // --out, or ""
  std::string resume;  // --resume: then `settings` has no more than blocks, precision and budget
  std::string from;    // --from: likewise
  bool quiet = false;
};

// `words` is argv without argv[0]. InvalidArgument with a whole message, "WHERE: WHAT, …", for
// every mistake. Says nothing of the target file or the regular expressions.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words);

// What --help prints.
std::string HelpText();

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_COMMAND_LINE_H_
