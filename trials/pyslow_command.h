// How pyslow is started for a sweep: its words and its environment.
#ifndef PYSLOW_TRIALS_PYSLOW_COMMAND_H_
#define PYSLOW_TRIALS_PYSLOW_COMMAND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "trials/settings.h"

namespace pyslow::trials {

// pyslow's words for one trial of the sweep, argv[0] first and the sweep's command last.
std::vector<std::string> PyslowWords(const Settings& settings, int64_t delay_ns,
                                     const std::string& session_directory);

// The words of a start with the same targets and the control that runs nothing: pyslow finds every
// mistake in them before Python starts.
std::vector<std::string> DryStartWords(const Settings& settings);

struct TrialEnvironment {
  std::vector<std::string> variables;  // NAME=VALUE
  std::vector<std::string> ignored;    // names left out
};

// `environment` without the variables that say what the sweep itself says (SPEED_BUMP_TARGETS,
// SPEED_BUMP_DELAY_NS, …). Those that it says nothing of, SPEED_BUMP_ON and SPEED_BUMP_GIL, stay.
TrialEnvironment EnvironmentForTrials(const std::vector<std::string>& environment);

}  // namespace pyslow::trials

#endif  // PYSLOW_TRIALS_PYSLOW_COMMAND_H_
