// The options of pyslow and their environment variables.
#ifndef PYSLOW_LAUNCHER_PYSLOW_OPTIONS_H_
#define PYSLOW_LAUNCHER_PYSLOW_OPTIONS_H_

#include <array>

#include "base/options.h"

namespace pyslow::launcher {

inline constexpr std::array<OptionSpec, 20> kOptions = {{
    {"--targets", "FILE", "read targets from this target file", "SPEED_BUMP_TARGETS"},
    Repeatable({"--target", "PATTERN",
                "one target, MODULE:QUALNAME[@LINES] with globs (may repeat)",
                "SPEED_BUMP_PATTERNS"}),
    Repeatable(
        {"--group", "NAME", "delay only this group of targets (may repeat)", "SPEED_BUMP_GROUPS"}),
    {"--delay", "TIME", "delay per delayed call; 0: the control [1us]", "SPEED_BUMP_DELAY_NS"},
    {"--frequency", "N", "delay every Nth call of each function [1]", "SPEED_BUMP_FREQUENCY"},
    Repeatable({"--group-delay", "NAME=TIME", "delay of one group, also NAME=TIME/N (may repeat)",
                "SPEED_BUMP_GROUP_DELAYS"}),
    {"--start", "TIME", "begin delaying at this time [0]", "SPEED_BUMP_START_MS"},
    {"--duration", "TIME", "stop delaying after this time; 0: never [0]", "SPEED_BUMP_DURATION_MS"},
    {"--start-at", "PATTERN", "begin delaying at this function's first call",
     "SPEED_BUMP_START_AT"},
    OneOf("start resume call",
          {"--on", "EVENTS", "events that count: start, resume, call, or several [start]",
           "SPEED_BUMP_ON"}),
    OneOf("hold release",
          {"--gil", "MODE", "hold or release the GIL during a delay [hold]", "SPEED_BUMP_GIL"}),
    {"--own-time", nullptr, "measure the functions' own time", "SPEED_BUMP_OWN_TIME"},
    {"--summary", nullptr, "print a table on stderr at the end", "SPEED_BUMP_SUMMARY"},
    {"--session", "DIR", "create the session directory DIR and keep it", "SPEED_BUMP_SESSION"},
    {"--python", "PATH", "the python or environment to run", "SPEED_BUMP_PYTHON"},
    {"--into", "DIR", "make pyslow the python of this virtual environment"},
    {"--out-of", "DIR", "put the python of this virtual environment back"},
    kCompletionOption,
    {"--help", nullptr, "print this help (python's help: -h)"},
    {"--version", nullptr, "print the versions of pyslow and Python"},
}};

// The variable of an option in the table that has one.
inline const char* VariableOf(const char* option) { return FindOption(kOptions, option)->variable; }

// The allowed words of an option of the table that has choices.
inline const char* ChoicesOf(const char* option) { return FindOption(kOptions, option)->choices; }

// Variables that pyslow sets for its descendants. Only the session id may be set by others: a
// program that starts several processes of one session (pyslow-sweep, mpirun).
inline constexpr char kSessionIdVariable[] = "SPEED_BUMP_SESSION_ID";
// Set by pyslow-sweep: 1 makes a session with a cell for each function (session/function_cells.h).
inline constexpr char kFunctionCellsVariable[] = "SPEED_BUMP_FUNCTION_CELLS";
inline constexpr char kEpochVariable[] = "SPEED_BUMP_EPOCH";
// 1: an ancestor has warned of unknown variables.
inline constexpr char kWarnedVariable[] = "SPEED_BUMP_WARNED";
inline constexpr char kTargetsHashVariable[] = "SPEED_BUMP_TARGETS_HASH";

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYSLOW_OPTIONS_H_
