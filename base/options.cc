#include "base/options.h"

#include <algorithm>
#include <cxxopts.hpp>

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
  LeadingOptions options;
  size_t& next = options.end;
  while (next < words.size()) {
    const std::string& word = words[next];
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec* spec = FindOption(specs, name);
    if (spec == nullptr) break;
    ++next;
    const bool has_value = equals != std::string::npos;
    std::vector<std::string>& values = options.given[name];
    if (spec->value == nullptr) {
      if (has_value) return absl::InvalidArgumentError(absl::StrCat(name, ": it takes no value"));
      values.emplace_back("1");
    } else if (has_value) {
      values.push_back(word.substr(equals + 1));
    } else if (next < words.size()) {
      values.push_back(words[next++]);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": its ", spec->value, " is missing; write ", name, " ", spec->value));
    }
  }
  return options;
}

std::string OptionsHelp(absl::Span<const OptionSpec> specs, const std::string& program,
                        const std::string& usage, const std::string& purpose) {
  return Declare(specs, program, usage, purpose).help();
}

}  // namespace pyslow
