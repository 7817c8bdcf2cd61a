// Parses options and formats --help with cxxopts, from the table of options.h.
#ifndef PYSLOW_BASE_OPTION_PARSER_H_
#define PYSLOW_BASE_OPTION_PARSER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/options.h"

namespace pyslow {

// The same as SplitLeadingOptions, with the same errors, parsed by cxxopts. Its first call in a
// process initialises the C++ locales.
absl::StatusOr<LeadingOptions> ParseLeadingOptions(absl::Span<const OptionSpec> specs,
                                                   absl::Span<const std::string> words);

// The text of --help: `purpose` in a sentence, the usage line, and the options.
std::string OptionsHelp(absl::Span<const OptionSpec> specs, const std::string& program,
                        const std::string& usage, const std::string& purpose);

}  // namespace pyslow

#endif  // PYSLOW_BASE_OPTION_PARSER_H_
