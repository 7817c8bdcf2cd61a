// pyslow's command line: our options first, then Python's own, which is passed on unread.
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
  // What was given for each option, by its name with dashes, in order; a flag's value is "1".
  std::map<std::string, std::vector<std::string>> options;
  // Python's own words, argv[0] left out.
  std::vector<std::string> python_words;
};

// Cuts `words` (argv without argv[0]) where Python's own command line begins: at the first word
// that is not an option of ours or the value of one. InvalidArgument for a value left out or given
// where there is none, and for a long option that is neither ours nor Python's.
absl::StatusOr<CommandLine> SplitCommandLine(const std::vector<std::string>& words);

// What --help prints.
std::string HelpText();

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYSLOW_COMMAND_LINE_H_
