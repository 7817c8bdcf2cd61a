#include "base/option_parser.h"

#include <cxxopts.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow {
namespace {

constexpr size_t kHelpColumns = 100;

cxxopts::Options Declare(absl::Span<const OptionSpec> specs, const std::string& program,
                         const std::string& usage, const std::string& purpose) {
  cxxopts::Options declared(program, purpose + "\n");
  declared.custom_help(usage);
  declared.set_width(kHelpColumns);
  auto add = declared.add_options();
  for (const OptionSpec& spec : specs) {
    const std::string name = spec.name + 2;
    if (spec.value != nullptr) {
      add(name, spec.help, cxxopts::value<std::string>(), spec.value);
    } else {
      add(name, spec.help);
    }
  }
  return declared;
}

// The end of the leading options. cxxopts cannot stop at the first word that is not an option, and
// accepts --flag=true.
absl::StatusOr<size_t> FindEnd(absl::Span<const OptionSpec> specs,
                               absl::Span<const std::string> words) {
  size_t end = 0;
  while (end < words.size()) {
    const absl::string_view word = words[end];
    const size_t equals = word.find('=');
    const bool has_value = equals != absl::string_view::npos;
    const OptionSpec* const spec = FindOption(specs, word.substr(0, equals));
    if (spec == nullptr) break;
    if (spec->value == nullptr && has_value) return FlagValueError(*spec);
    const bool is_pair = spec->value != nullptr && !has_value;
    if (is_pair && end + 1 == words.size()) return MissingValueError(*spec);
    end += is_pair ? 2 : 1;
  }
  return end;
}

}  // namespace

absl::StatusOr<LeadingOptions> ParseLeadingOptions(absl::Span<const OptionSpec> specs,
                                                   absl::Span<const std::string> words) {
  const absl::StatusOr<size_t> end = FindEnd(specs, words);
  if (!end.ok()) return end.status();
  std::vector<const char*> argv = {""};  // cxxopts skips the program's name
  for (const std::string& word : words.subspan(0, *end)) argv.push_back(word.c_str());
  LeadingOptions options;
  options.end = *end;
  try {
    const cxxopts::ParseResult parsed =
        Declare(specs, "", "", "").parse(static_cast<int>(argv.size()), argv.data());
    for (const cxxopts::KeyValue& option : parsed.arguments()) {
      const std::string name = absl::StrCat("--", option.key());
      const bool is_flag = FindOption(specs, name)->value == nullptr;
      options.given[name].push_back(is_flag ? "1" : option.value());
    }
  } catch (const cxxopts::exceptions::exception& error) {
    // FindEnd leaves nothing that cxxopts refuses.
    return absl::InternalError(absl::StrCat("command line: ", error.what()));
  }
  return options;
}

std::string OptionsHelp(absl::Span<const OptionSpec> specs, const std::string& program,
                        const std::string& usage, const std::string& purpose) {
  return Declare(specs, program, usage, purpose).help();
}

}  // namespace pyslow
