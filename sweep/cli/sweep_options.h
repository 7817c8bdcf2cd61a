// The options of pyslow-sweep, in the order that --help shows them in.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_OPTIONS_H_
#define PYSLOW_SWEEP_CLI_SWEEP_OPTIONS_H_

#include <array>

#include "base/options.h"

namespace pyslow::cli {

inline constexpr std::array<OptionSpec, 36> kOptions = {{
    {"--targets", "FILE", "target file: which functions, see pyslow-targets(5) [all]"},
    {"--target", "PATTERN", "a target, MODULE:QUALNAME globs (may repeat)"},
    {"--group", "NAME", "only this group of the file (may repeat)"},
    {"--steps", "STEP,...", "of impact, isolate and focus [all, until one says stop]"},
    {"--delays", "TIME,...", "of the global curve [found by a pilot of 1, 10, 100 us]"},
    {"--frequency", "N", "delay every Nth call of each function [1]"},
    {"--max-slowdown", "X", "no trial more than X times as long [4]"},
    {"--start", "TIME", "delay from this time after the start on [0]"},
    {"--duration", "TIME", "and for this long; 0: no end [0]"},
    {"--start-at", "PATTERN", "or from this function's first call on"},
    {"--on", "EVENTS", "start, resume or start,resume, as pyslow's [start]"},
    {"--gil", "MODE", "hold or release it in the delay, as pyslow's [hold]"},
    {"--throughput-regex", "RE", "finds units per second in the command's output"},
    {"--time-regex", "RE", "or seconds per unit"},
    {"--progress", "PATTERN", "or a unit is a call of this function; none: a run is one"},
    {"--metric", "NAME=RE", "a further figure of each trial (may repeat)"},
    {"--metric-command", "CMD", "read the figures in what this prints instead"},
    {"--server", nullptr, "the command is a server: start it, load it, stop it"},
    {"--ready-command", "CMD", "succeeds when the server is ready"},
    {"--load", "CMD", "run against the server, prints the figures"},
    {"--live", nullptr, "keep it running, and switch the delays while it does"},
    {"--interval", "TIME", "of a trial with --live [2s]"},
    {"--launcher", "WORDS", "put before pyslow, such as 'mpirun -n 4'"},
    {"--runs", "N", "blocks; each runs every delay once [8, more if noisy]"},
    {"--precision", "P%", "go on until the effect is known so well, in % of a unit"},
    {"--time-budget", "TIME", "or for about this long (10m, 1h)"},
    {"--seed", "N", "of the random order [drawn, and printed]"},
    {"--out", "DIR", "new directory for all results [pyslow-sweep-DATE-TIME]"},
    {"--resume", "DIR", "go on with the sweep there; with --runs, for longer"},
    {"--from", "DIR", "analyse the sweep there again, and run nothing"},
    {"--timeout", "TIME", "a trial that takes longer is ended [none]"},
    {"--ready-timeout", "TIME", "a server that takes longer to be ready is ended [600s]"},
    {"--pyslow", "PATH", "the pyslow to start [the one beside this program]"},
    {"--quiet", nullptr, "no line for each trial"},
    {"--help", nullptr, "show this"},
    {"--version", nullptr, "show the version"},
}};

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_OPTIONS_H_
