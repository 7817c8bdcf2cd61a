// Parses the command line of pyslow-report.
#ifndef PYSLOW_REPORT_REPORT_COMMAND_LINE_H_
#define PYSLOW_REPORT_REPORT_COMMAND_LINE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::report {

struct CommandLine {
  bool help = false;
  bool version = false;
  std::string completion;  // the shell of --completion, or ""
  std::string directory;
  bool json = false;
  bool follow = false;
  int64_t interval_ns = 1'000'000'000;
  size_t top = 10;
};

// `words` is argv without argv[0]. InvalidArgument "WHERE: WHAT" for every mistake.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words);

// The text of --help.
std::string HelpText();

// The text of --completion for one of its shells.
std::string CompletionText(const std::string& shell);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_REPORT_COMMAND_LINE_H_
