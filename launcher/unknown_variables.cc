#include "launcher/unknown_variables.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/suggest.h"
#include "launcher/pyslow_options.h"

namespace pyslow::launcher {

std::string UnknownVariables(const char* const* environment) {
  constexpr absl::string_view kPrefix = "SPEED_BUMP_";
  const std::vector<std::string> internal = {kSessionIdVariable, kFunctionCellsVariable,
                                             kEpochVariable, kTargetsHashVariable, kWarnedVariable};
  std::vector<std::string> names;  // that users set
  for (const OptionSpec& option : kOptions) {
    if (option.variable != nullptr) names.emplace_back(option.variable);
  }
  std::string warning;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const absl::string_view entry = *environment;
    const size_t equals = entry.find('=');
    if (!absl::StartsWith(entry, kPrefix) || equals == absl::string_view::npos) continue;
    const std::string name(entry.substr(0, equals));
    const bool is_known = std::count(names.begin(), names.end(), name) > 0 ||
                          std::count(internal.begin(), internal.end(), name) > 0;
    if (equals + 1 == entry.size() || is_known) continue;
    absl::StrAppend(&warning, warning.empty() ? "" : "; ", name, ": no such variable of pyslow",
                    DidYouMean(name, names));
  }
  return warning;
}

}  // namespace pyslow::launcher
