// The command-line options of a program, as a table. Parsing, --help, shell completion and "did you
// mean" all use the table, so a new option is one new line.
#ifndef PYSLOW_BASE_OPTIONS_H_
#define PYSLOW_BASE_OPTIONS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pyslow {

struct OptionSpec {
  const char* name;   // with its dashes: "--delay"
  const char* value;  // placeholder in --help; FILE, PATH and DIR are completed; nullptr: a flag
  const char* help;
  const char* variable = nullptr;  // the environment variable with the same meaning
  const char* choices = nullptr;   // the allowed words, separated by spaces; nullptr: any value
  bool repeats = false;            // may be given more than once
};

// For tables: `spec` with one more property.
constexpr OptionSpec Repeatable(OptionSpec spec) {
  spec.repeats = true;
  return spec;
}
constexpr OptionSpec OneOf(const char* choices, OptionSpec spec) {
  spec.choices = choices;
  return spec;
}

// The same in every program; see CompletionScript.
inline constexpr OptionSpec kCompletionOption =
    OneOf("bash zsh fish", {"--completion", "SHELL", "print completions for bash, zsh or fish"});

// The option named `name`, or nullptr.
const OptionSpec* FindOption(absl::Span<const OptionSpec> specs, absl::string_view name);

// The names of all options.
std::vector<std::string> OptionNames(absl::Span<const OptionSpec> specs);

// The values of each option that was given, by its name with dashes, in order. The value of a flag
// is "1".
using GivenOptions = std::map<std::string, std::vector<std::string>>;

struct LeadingOptions {
  GivenOptions given;
  size_t end = 0;  // the first word that is neither an option nor the value of one
};

// Reads options, each as `--name value` or `--name=value`, from the start of `words` (without the
// program's name), up to the first word that is not in `specs`. A value may be any text: empty, or
// beginning with a dash. InvalidArgument, "--NAME: WHAT", if a value is missing or a flag has one.
//
// pyslow uses this function: parsing by cxxopts (option_parser.h) gives the same result, and costs
// 60 us of each start because it initialises the C++ locales.
absl::StatusOr<LeadingOptions> SplitLeadingOptions(absl::Span<const OptionSpec> specs,
                                                   absl::Span<const std::string> words);

// InvalidArgument, "--NAME: …", if an option that may not repeat is given more than once.
absl::Status CheckRepeats(absl::Span<const OptionSpec> specs, const GivenOptions& given);

// InvalidArgument for a word that looks like an option and is none of `names`: "--NAME: no such
// option of OWNER", the nearest name, and where to look.
absl::Status NoSuchOption(absl::string_view word, absl::Span<const std::string> names,
                          absl::string_view owner, absl::string_view program);

// The errors of an option's value, "--NAME: WHAT". For the parsers of this table.
absl::Status MissingValueError(const OptionSpec& spec);
absl::Status FlagValueError(const OptionSpec& spec);

}  // namespace pyslow

#endif  // PYSLOW_BASE_OPTIONS_H_
