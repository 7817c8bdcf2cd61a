#include "sweep/trials/trial_settings.h"

#include <utility>

namespace pyslow::trials {

TrialSettings OtherVersionOf(TrialSettings settings) {
  settings.command = std::move(settings.against->command);
  if (!settings.against->python.empty()) settings.python = std::move(settings.against->python);
  settings.against.reset();
  return settings;
}

}  // namespace pyslow::trials
