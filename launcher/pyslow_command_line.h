// pyslow's command line: pyslow's options first, then Python's command line, which is not parsed.
#ifndef PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_
#define PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::launcher {

struct CommandLine {
  bool help = false;
  bool version = false;
  // The values of each given option, in order, by its name with dashes; a flag's value is "1".
  std::map<std::string, std::vector<std::string>> options;
  // Python's command line without argv[0].
  std::vector<std::string> python_words;
};

// Splits `words` (argv without argv[0]) at the first word that is neither one of pyslow's options
// nor the value of one. InvalidArgument for a missing value, for a value given to a flag, and for a
// long option that neither pyslow nor Python has.
absl::StatusOr<CommandLine> SplitCommandLine(const std::vector<std::string>& words);

// The output of --help.
std::string HelpText();

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_
