#include "base/variables.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace pyslow {
namespace {

// The entry of the variable, or the end.
template <typename Entries>
auto EntryOf(Entries& environment, const std::string& name) {
  const std::string start = name + "=";
  return std::find_if(environment.begin(), environment.end(),
                      [&](const std::string& entry) { return absl::StartsWith(entry, start); });
}

}  // namespace

std::optional<std::string> VariableIn(const std::vector<std::string>& environment,
                                      const std::string& name) {
  const auto found = EntryOf(environment, name);
  if (found == environment.end()) return std::nullopt;
  return found->substr(name.size() + 1);
}

std::vector<std::string> WithVariables(std::vector<std::string> environment,
                                       const std::vector<std::string>& changes) {
  for (const std::string& change : changes) {
    const auto same = EntryOf(environment, change.substr(0, change.find('=')));
    if (same != environment.end()) {
      *same = change;
    } else {
      environment.push_back(change);
    }
  }
  return environment;
}

}  // namespace pyslow
