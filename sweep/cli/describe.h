// The settings of a sweep, its machine and its commands, as text for reports.
#ifndef PYSLOW_SWEEP_CLI_DESCRIBE_H_
#define PYSLOW_SWEEP_CLI_DESCRIBE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::cli {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

NamedTexts DescribeSettings(const steps::Settings& settings);

// What the sweep will do, and its limits, in one line.
std::string PlanText(const steps::Settings& settings);

// Host, kernel, processor, number of cores, and the versions of pyslow and its Python.
// `pyslow_version` is the output of `pyslow --version`.
NamedTexts DescribeMachine(const std::string& pyslow_version);

// The machine of a log's first trials, which need not be this one: DescribeMachine, kept there as
// "machine". Only the host if the log is of an earlier version.
NamedTexts RecordedMachine(const trials::RecordedSweep& recorded);

// Lines as one: "a; b".
std::string OneLine(absl::string_view lines);

// The words of a command line without --out DIR, which exists when it is run again.
std::vector<std::string> WithoutOut(const std::vector<std::string>& words);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_DESCRIBE_H_
