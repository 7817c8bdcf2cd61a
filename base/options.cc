#include "base/options.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/suggest.h"

namespace pyslow {

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

absl::StatusOr<LeadingOptions> SplitLeadingOptions(absl::Span<const OptionSpec> specs,
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
      if (has_value) return FlagValueError(*spec);
      values.emplace_back("1");
    } else if (has_value) {
      values.push_back(word.substr(equals + 1));
    } else if (next < words.size()) {
      values.push_back(words[next++]);
    } else {
      return MissingValueError(*spec);
    }
  }
  return options;
}

absl::Status CheckRepeats(absl::Span<const OptionSpec> specs, const GivenOptions& given) {
  for (const auto& [name, values] : given) {
    if (values.size() < 2 || FindOption(specs, name)->repeats) continue;
    return absl::InvalidArgumentError(absl::StrCat(name, ": it is given twice; remove one"));
  }
  return absl::OkStatus();
}

absl::Status NoSuchOption(absl::string_view word, absl::Span<const std::string> names,
                          absl::string_view owner, absl::string_view program) {
  const absl::string_view name = word.substr(0, word.find('='));
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": no such option of ", owner, DidYouMean(name, names), " (see ", program, " --help)"));
}

absl::Status MissingValueError(const OptionSpec& spec) {
  return absl::InvalidArgumentError(
      absl::StrCat(spec.name, ": the value is missing; write ", spec.name, " ", spec.value));
}

absl::Status FlagValueError(const OptionSpec& spec) {
  return absl::InvalidArgumentError(
      absl::StrCat(spec.name, ": this option has no value; write ", spec.name, " alone"));
}

}  // namespace pyslow
