// The options of pyslow, each with the variable that says the same in the environment.
#ifndef PYSLOW_LAUNCHER_PYSLOW_OPTIONS_H_
#define PYSLOW_LAUNCHER_PYSLOW_OPTIONS_H_

#include <array>

#include "base/options.h"

namespace pyslow::launcher {

inline constexpr std::array<OptionSpec, 16> kOptions = {{
    {"--targets", "FILE", "target file: which functions", "SPEED_BUMP_TARGETS"},
    {"--target", "PATTERN", "a target, MODULE:QUALNAME globs (may repeat)", "SPEED_BUMP_PATTERNS"},
    {"--group", "NAME", "only this group of the file (may repeat)", "SPEED_BUMP_GROUPS"},
    {"--delay", "TIME", "per delayed call; 0 is the control [1us]", "SPEED_BUMP_DELAY_NS"},
    {"--frequency", "N", "delay every Nth call of each function [1]", "SPEED_BUMP_FREQUENCY"},
    {"--group-delay", "NAME=TIME", "of one group alone, or NAME=TIME/N (may repeat)",
     "SPEED_BUMP_GROUP_DELAYS"},
    {"--start", "TIME", "delay from this time on [0]", "SPEED_BUMP_START_MS"},
    {"--duration", "TIME", "and for this long; 0: no end [0]", "SPEED_BUMP_DURATION_MS"},
    {"--start-at", "PATTERN", "or from this function's first call on", "SPEED_BUMP_START_AT"},
    {"--on", "EVENTS", "start, resume or start,resume [start]", "SPEED_BUMP_ON"},
    {"--gil", "MODE", "hold or release it in the delay [hold]", "SPEED_BUMP_GIL"},
    {"--own-time", nullptr, "also measure the functions' own time", "SPEED_BUMP_OWN_TIME"},
    {"--summary", nullptr, "at the end, a table on stderr", "SPEED_BUMP_SUMMARY"},
    {"--session", "DIR", "keep the session directory there", "SPEED_BUMP_SESSION"},
    {"--help", nullptr, "show this (python's own help: -h)"},
    {"--version", nullptr, "show the versions of pyslow and its Python"},
}};

// The variable that says the same as an option of the table that has one.
inline const char* VariableOf(const char* option) { return FindOption(kOptions, option)->variable; }

// The variables that pyslow sets for its descendants; users leave them alone, but for the session
// id, which a launcher of several processes (a sweep, mpirun) may set.
inline constexpr char kSessionIdVariable[] = "SPEED_BUMP_SESSION_ID";
inline constexpr char kEpochVariable[] = "SPEED_BUMP_EPOCH";
inline constexpr char kTargetsHashVariable[] = "SPEED_BUMP_TARGETS_HASH";

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYSLOW_OPTIONS_H_
