// The options of pyslow-sweep, in the order of --help.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_OPTIONS_H_
#define PYSLOW_SWEEP_CLI_SWEEP_OPTIONS_H_

#include <array>

#include "base/options.h"

namespace pyslow::cli {

inline constexpr std::array<OptionSpec, 62> kOptions = {{
    {"--targets", "FILE", "target file: which functions, see pyslow-targets(5) [all]"},
    Repeatable({"--target", "PATTERN", "a target, MODULE:QUALNAME[@LINES] globs (may repeat)"}),
    Repeatable({"--group", "NAME", "only this group of the target file (may repeat)"}),
    OneOf(
        "impact isolate focus sites lines",
        {"--steps", "STEP,...", "some of impact, isolate, focus, sites, lines [the first three]"}),
    {"--delays", "TIME,...", "delays of the curves [adapted to the effect]"},
    {"--frequency", "N", "delay every Nth call of each function [1]"},
    {"--max-slowdown", "X", "no trial longer than X times the control [4]"},
    {"--start", "TIME", "delay calls from this time after the start [0]"},
    {"--duration", "TIME", "delay calls for this long; 0: to the end [0]"},
    {"--start-at", "PATTERN", "delay calls from the first call of this function"},
    OneOf("start resume call",
          {"--on", "EVENTS", "calls to delay: start, resume, call or several [start,resume]"}),
    OneOf("hold release",
          {"--gil", "MODE", "hold or release the GIL in a delay; hold,release: compare [hold]"}),
    {"--benchmark", "NAME", "a known benchmark, or none: a run is a unit [detected]"},
    {"--list-benchmarks", nullptr, "print the known benchmarks"},
    {"--throughput-regex", "RE", "finds units per second in the command's output"},
    {"--time-regex", "RE", "finds seconds per unit in the command's output"},
    {"--throughput-json", "FILE#/PTR", "units per second in JSON; - for FILE: JSON it prints"},
    {"--time-json", "FILE#/PTR", "seconds per unit in JSON"},
    OneOf("ns us ms s min h", {"--unit", "UNIT", "of the time that is read [as printed, else s]"}),
    OneOf("last mean median sum max",
          {"--matches", "RULE", "what several matches of a trial make: last, mean ... [last]"}),
    {"--skip-matches", "N", "leave out the first N matches of a trial [0]"},
    {"--thousands", nullptr, "numbers such as 2,303 have a thousands separator"},
    {"--decimal-comma", nullptr, "numbers such as 2,303 have a decimal comma"},
    {"--progress", "FUNCTION", "one unit is a call of this MODULE:QUALNAME [a run of the command]"},
    {"--units-regex", "RE", "finds the number of units of a trial, for calls per unit"},
    {"--units-json", "FILE#/PTR", "the number of units of a trial in JSON"},
    Repeatable({"--metric", "NAME=RE", "another figure to read in each trial (may repeat)"}),
    Repeatable({"--metric-json", "NAME=FILE#/PTR", "another figure in JSON (may repeat)"}),
    {"--metric-command", "CMD", "read the figures from the output of CMD instead"},
    {"--server", nullptr, "the command is a server: start it, load it, stop it"},
    {"--ready-command", "CMD", "succeeds when the server is ready"},
    {"--load", "CMD", "runs against the server and prints the figures"},
    {"--live", nullptr, "start the command once and change delays while it runs"},
    {"--interval", "TIME", "length of a trial with --live [2s]"},
    {"--gpu", "WHICH", "GPUs to watch: none, all or their numbers [those of the command]"},
    {"--launcher", "WORDS", "put before pyslow, such as 'mpirun -n 4'"},
    {"--against", "CMD", "compare with another version of the command, in turns"},
    Repeatable({"--against-env", "NAME=VALUE", "in the other version's environment (may repeat)"}),
    {"--against-python", "PATH", "the Python or environment of the other version"},
    {"--runs", "N", "number of blocks; each runs every delay once [until answered]"},
    {"--precision", "P%", "add blocks until the effect is known to P% of a unit's time"},
    {"--time-budget", "TIME", "longest time of all trials, such as 10m or 1h [10m]"},
    {"--min-gain", "SHARE", "smaller gains do not matter, such as 1% or 0.01 [1%]"},
    {"--warmup", "N", "first run N trials that count for nothing: cold starts [1]"},
    {"--retries", "N", "repeat a failed trial up to N times [2]"},
    {"--seed", "N", "seed of the random order [drawn and printed]"},
    {"--out", "DIR", "new directory for all results [pyslow-sweep-DATE-TIME]"},
    {"--resume", "DIR", "continue the sweep in DIR; with --time-budget, for longer"},
    {"--accept-changes", nullptr, "with --resume: although the program or targets changed"},
    {"--from", "DIR", "analyse the sweep in DIR again without running anything"},
    Repeatable({"--diff", "DIR DIR", "what differs between two sweeps, without running anything"}),
    {"--json", nullptr, "with --diff: print it as JSON"},
    {"--timeout", "TIME", "stop a trial that lasts longer [40 times the first, at least 60s]"},
    {"--grace", "TIME", "between SIGTERM and SIGKILL [5s, 10s for a server]"},
    {"--ready-timeout", "TIME", "stop a server that is not ready by then [600s]"},
    {"--pyslow", "PATH", "the pyslow to start [the one beside this program]"},
    {"--python", "FILE|ENV", "the Python to run, as with pyslow --python"},
    Repeatable(
        {"--fail-if", "CONDITION", "status 3 if change<-2%, verdict=critical ... (may repeat)"}),
    {"--quiet", nullptr, "do not print a line for each trial"},
    kCompletionOption,
    {"--help", nullptr, "print this text"},
    {"--version", nullptr, "print the version"},
}};

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_OPTIONS_H_
