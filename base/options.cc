#include "base/options.h"

#include <algorithm>
#include <cxxopts.hpp>
#include <exception>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow {
namespace {

cxxopts::Options Declare(absl::Span<const OptionSpec> specs, const std::string& program,
                         const std::string& usage, const std::string& purpose) {
  cxxopts::Options declared(program, purpose + "\n");
  declared.custom_help(usage);
  declared.set_width(100);
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

// `leading` holds options alone, each with its value in the same word, since cxxopts would go on
// past the first word that is not an option.
absl::StatusOr<LeadingOptions> Parse(absl::Span<const OptionSpec> specs,
                                     const std::vector<std::string>& leading) {
  std::vector<const char*> argv = {""};
  for (const std::string& word : leading) argv.push_back(word.c_str());
  LeadingOptions options;
  if (leading.empty()) return options;  // to declare them all is a part of a start's time
  try {
    cxxopts::Options declared = Declare(specs, "", "", "");
    const auto parsed = declared.parse(static_cast<int>(argv.size()), argv.data());
    for (const auto& given : parsed.arguments()) {
      const std::string name = absl::StrCat("--", given.key());
      const bool is_flag = FindOption(specs, name)->value == nullptr;
      options.given[name].push_back(is_flag ? "1" : given.value());
    }
  } catch (const std::exception& error) {  // cxxopts reports by throwing
    return absl::InvalidArgumentError(absl::StrCat("command line: ", error.what()));
  }
  return options;
}

}  // namespace

const OptionSpec* FindOption(absl::Span<const OptionSpec> specs, absl::string_view name) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [name](const OptionSpec& spec) { return name == spec.name; });
  return found == specs.end() ? nullptr : &*found;
}

std::vector<std::string> OptionNames(absl::Span<const OptionSpec> specs) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.emplace_back(spec.name);
  return names;
}

absl::StatusOr<LeadingOptions> TakeLeadingOptions(absl::Span<const OptionSpec> specs,
                                                  absl::Span<const std::string> words) {
  std::vector<std::string> leading;
  size_t next = 0;
  while (next < words.size()) {
    const std::string& word = words[next];
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec* spec = FindOption(specs, name);
    if (spec == nullptr) break;
    ++next;
    const bool has_value = equals != std::string::npos;
    if (spec->value == nullptr && has_value) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": it takes no value"));
    }
    if (spec->value == nullptr || has_value) {
      leading.push_back(word);
    } else if (next < words.size()) {
      leading.push_back(absl::StrCat(name, "=", words[next++]));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": its ", spec->value, " is missing; write ", name, " ", spec->value));
    }
  }
  absl::StatusOr<LeadingOptions> options = Parse(specs, leading);
  if (options.ok()) options->end = next;
  return options;
}

std::string OptionsHelp(absl::Span<const OptionSpec> specs, const std::string& program,
                        const std::string& usage, const std::string& purpose) {
  return Declare(specs, program, usage, purpose).help();
}

}  // namespace pyslow
