#include "launcher/pyslow_command_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/completion.h"
#include "base/option_parser.h"
#include "base/option_reader.h"
#include "base/options.h"
#include "launcher/environment.h"
#include "launcher/pyslow_options.h"

namespace pyslow::launcher {
namespace {

// CPython's long options (Python/initconfig.c and getopt.c).
constexpr std::array<absl::string_view, 4> kPythonLongOptions = {
    "--help-all", "--help-env", "--help-xoptions", "--check-hash-based-pycs"};

absl::Status UnknownOption(absl::string_view word) {
  std::vector<std::string> names = OptionNames(kOptions);
  for (const absl::string_view python : kPythonLongOptions) names.emplace_back(python);
  return NoSuchOption(word, names, "pyslow or python", "pyslow");
}

// Whether the word is a long option that neither pyslow nor Python has. Python's
// message for it would contain no suggestion.
bool IsUnknownOption(absl::string_view word) {
  if (word.size() <= 2 || !absl::StartsWith(word, "--")) return false;
  return std::find(kPythonLongOptions.begin(), kPythonLongOptions.end(), word) ==
         kPythonLongOptions.end();
}

// Refuses an option that changes an environment together with anything that would have no effect.
absl::Status CheckIsAlone(const std::string& option, const CommandLine& line) {
  const auto given = line.options.find(option);
  if (given == line.options.end()) return absl::OkStatus();
  if (given->second.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": it was given twice; name one environment"));
  }
  std::string other;
  for (const auto& [name, values] : line.options) {
    if (name != option) other = name;
  }
  if (line.version) other = "--version";
  if (!line.python_words.empty()) other = line.python_words.front();
  if (other.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(option, ": it changes an environment and runs nothing; remove '", other, "'"));
}

}  // namespace

absl::StatusOr<CommandLine> SplitCommandLine(const std::vector<std::string>& words) {
  absl::StatusOr<LeadingOptions> options = SplitLeadingOptions(kOptions, words);
  if (!options.ok()) return options.status();
  CommandLine line;
  line.options = std::move(options->given);
  line.help = line.options.erase("--help") != 0;
  line.version = line.options.erase("--version") != 0;
  OptionReader reader(kOptions, line.options);
  reader.ReadWord("--completion", &line.completion);
  reader.ReadText("--into", &line.into);
  reader.ReadText("--out-of", &line.out_of);
  if (!reader.status().ok()) return reader.status();
  line.options.erase("--completion");
  line.python_words.assign(words.begin() + static_cast<long>(options->end), words.end());
  for (const char* const option : {"--into", "--out-of"}) {
    if (absl::Status status = CheckIsAlone(option, line); !status.ok()) return status;
  }
  line.options.erase("--into");
  line.options.erase("--out-of");
  if (!line.python_words.empty() && IsUnknownOption(line.python_words.front())) {
    return UnknownOption(line.python_words.front());
  }
  return line;
}

absl::StatusOr<TypedCommand> TypedCommandOf(const CommandLine& line) {
  return ReadTypedCommand(line.python_words, GetVariable("PATH").value_or(""),
                          "start pyslow by it, as in 'mpirun -n 4 pyslow FILE'");
}

std::string HelpText() {
  return absl::StrCat(
      OptionsHelp(kOptions, "pyslow",
                  "[pyslow options] [python options] [-c CMD | -m MODULE | FILE | -] [ARGS]",
                  "python, with a known delay added to each call of chosen functions, from the "
                  "first bytecode on."),
      "\nTIME is a number with the unit ns, us, ms or s. Each option can also be set by an "
      "environment\n"
      "variable: see pyslow(1). For the syntax of targets see pyslow-targets(5). Without a "
      "target,\n"
      "pyslow behaves as plain python.\n");
}

std::string CompletionText(const std::string& python_minor, const std::string& shell) {
  std::vector<std::string> programs = {"pyslow"};
  if (!python_minor.empty()) programs.push_back(absl::StrCat("pyslow", python_minor));
  return CompletionScript(kOptions, programs, OptionsEnd::kAtFirstOtherWord, shell);
}

}  // namespace pyslow::launcher
