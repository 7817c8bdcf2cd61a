// Command-line options from one table: what is parsed, what --help shows, and what was meant by a
// word that is none of them.
#ifndef PYSLOW_BASE_OPTIONS_H_
#define PYSLOW_BASE_OPTIONS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pyslow {

struct OptionSpec {
  const char* name;   // with its dashes: "--delay"
  const char* value;  // what stands for the value in --help; nullptr: a flag
  const char* help;
  const char* variable = nullptr;  // that says the same in the environment, if there is one
};

struct LeadingOptions {
  // What was given for each option, by its name with dashes, in order; a flag's value is "1".
  std::map<std::string, std::vector<std::string>> given;
  size_t end = 0;  // the first of the words that is no option, nor the value of one
};

// Takes options off the front of `words` (without the program's name), each as `--name value` or
// `--name=value`; stops at the first word that `specs` does not have, whatever it is. A value may
// be anything, also empty or with a dash in front. InvalidArgument, "--NAME: WHAT", for a value
// that is left out or given to a flag.
absl::StatusOr<LeadingOptions> TakeLeadingOptions(absl::Span<const OptionSpec> specs,
                                                  absl::Span<const std::string> words);

// The option called `name`, or nullptr.
const OptionSpec* FindOption(absl::Span<const OptionSpec> specs, absl::string_view name);

// The names of all options.
std::vector<std::string> OptionNames(absl::Span<const OptionSpec> specs);

// What --help shows: `purpose` in a sentence, the usage line, and the options.
std::string OptionsHelp(absl::Span<const OptionSpec> specs, const std::string& program,
                        const std::string& usage, const std::string& purpose);

}  // namespace pyslow

#endif  // PYSLOW_BASE_OPTIONS_H_
