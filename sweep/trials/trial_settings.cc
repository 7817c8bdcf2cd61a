#include "sweep/trials/trial_settings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace pyslow::trials {

TrialSettings OtherVersionOf(TrialSettings settings) {
  settings.command = std::move(settings.against->command);
  settings.python = std::move(settings.against->python);
  settings.against.reset();
  return settings;
}

std::vector<std::string> WithVariables(std::vector<std::string> environment,
                                       const std::vector<std::string>& changes) {
  for (const std::string& change : changes) {
    const std::string name = change.substr(0, change.find('=') + 1);
    const auto same =
        std::find_if(environment.begin(), environment.end(),
                     [&](const std::string& variable) { return absl::StartsWith(variable, name); });
    if (same != environment.end()) {
      *same = change;
    } else {
      environment.push_back(change);
    }
  }
  return environment;
}

}  // namespace pyslow::trials
