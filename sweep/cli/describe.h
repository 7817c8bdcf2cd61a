// What a sweep was: its settings, the machine, and the commands that repeat it, as text.
#ifndef PYSLOW_SWEEP_CLI_DESCRIBE_H_
#define PYSLOW_SWEEP_CLI_DESCRIBE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::cli {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

NamedTexts DescribeSettings(const steps::Settings& settings);

// Host, kernel, processor, cores, and the versions of pyslow and its Python as `pyslow --version`
// printed them.
NamedTexts DescribeMachine(const std::string& pyslow_version);

// Words for a shell, each quoted where it has to be.
std::string ShellCommand(const std::vector<std::string>& words);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_DESCRIBE_H_
