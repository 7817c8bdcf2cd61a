// pyslow's command line: pyslow's options first, then Python's command line, which is not parsed.
#ifndef PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_
#define PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/options.h"
#include "base/typed_command.h"

namespace pyslow::launcher {

struct CommandLine {
  bool help = false;
  bool version = false;
  std::string completion;  // the shell of --completion, or ""
  std::string into;        // the environment of --into, or ""; then nothing else is given
  std::string out_of;      // of --out-of, likewise
  GivenOptions options;    // all others
  // Python's command line without argv[0].
  std::vector<std::string> python_words;
};

// Splits `words` (argv without argv[0]) at the first word that is neither one of pyslow's options
// nor the value of one. InvalidArgument for a missing value, for a value given to a flag, for a
// long option that neither pyslow nor Python has, and for --into or --out-of with anything else.
absl::StatusOr<CommandLine> SplitCommandLine(const std::vector<std::string>& words);

// Python's words as they were meant: see ReadTypedCommand. Not for a start by a name of python.
absl::StatusOr<TypedCommand> TypedCommandOf(const CommandLine& line);

// The text of --help.
std::string HelpText();

// The text of --completion for one of its shells. `python_minor` is such as "3.13",
// or "" if there is no pyslow3.13.
std::string CompletionText(const std::string& python_minor, const std::string& shell);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_
