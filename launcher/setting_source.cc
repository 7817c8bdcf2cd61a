#include "launcher/setting_source.h"

#include "absl/strings/str_cat.h"
#include "launcher/pyslow_options.h"

namespace pyslow::launcher {

std::optional<GivenSetting> SettingSource::Find(const char* option) const {
  const auto found = line_.options.find(option);
  if (found != line_.options.end()) return GivenSetting{found->second, option, true};
  const char* variable = VariableOf(option);
  std::optional<std::string> value = environment_(variable);
  if (!value.has_value()) return std::nullopt;
  return GivenSetting{{*std::move(value)}, variable, false};
}

void SettingSource::Export(const char* variable, std::string value) {
  if (environment_(variable) == value) return;
  exports_.emplace_back(variable, std::move(value));
}

absl::Status InvalidSetting(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

}  // namespace pyslow::launcher
