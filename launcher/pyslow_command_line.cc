#include "launcher/pyslow_command_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/options.h"
#include "base/suggest.h"
#include "launcher/pyslow_options.h"

namespace pyslow::launcher {
namespace {

// CPython's long options (Python/initconfig.c and getopt.c), which are passed on.
constexpr std::array<absl::string_view, 4> kPythonLongOptions = {
    "--help-all", "--help-env", "--help-xoptions", "--check-hash-based-pycs"};

absl::Status UnknownOption(absl::string_view word) {
  const absl::string_view name = word.substr(0, word.find('='));
  std::vector<std::string> names = OptionNames(kOptions);
  for (const absl::string_view python : kPythonLongOptions) names.emplace_back(python);
  return absl::InvalidArgumentError(absl::StrCat(name, ": no such option of pyslow or python",
                                                 DidYouMean(name, names), " (see pyslow --help)"));
}

// A long option that neither of us has: a slip, which Python would tell in its own words.
bool IsUnknownOption(absl::string_view word) {
  if (word.size() <= 2 || !absl::StartsWith(word, "--")) return false;
  return std::find(kPythonLongOptions.begin(), kPythonLongOptions.end(), word) ==
         kPythonLongOptions.end();
}

}  // namespace

absl::StatusOr<CommandLine> SplitCommandLine(const std::vector<std::string>& words) {
  absl::StatusOr<LeadingOptions> options = TakeLeadingOptions(kOptions, words);
  if (!options.ok()) return options.status();
  CommandLine line;
  line.options = std::move(options->given);
  line.help = line.options.erase("--help") != 0;
  line.version = line.options.erase("--version") != 0;
  line.python_words.assign(words.begin() + static_cast<long>(options->end), words.end());
  if (!line.python_words.empty() && IsUnknownOption(line.python_words.front())) {
    return UnknownOption(line.python_words.front());
  }
  return line;
}

std::string HelpText() {
  return absl::StrCat(
      OptionsHelp(
          kOptions, "pyslow",
          "[pyslow options] [python options] [-c CMD | -m MODULE | FILE | -] [ARGS]",
          "python, with chosen functions slowed by a known delay from the first bytecode on."),
      "\nTIME: a number with ns, us, ms or s. Each option has a variable for it, and targets "
      "their\n"
      "language: see pyslow(1) and pyslow-targets(5). With no target it is plain python.\n");
}

}  // namespace pyslow::launcher
