// What a sweep was: its settings, the machine, and the commands that repeat it, as text.
#ifndef PYSLOW_EXPERIMENT_DESCRIBE_H_
#define PYSLOW_EXPERIMENT_DESCRIBE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "experiment/settings.h"

namespace pyslow::experiment {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

NamedTexts DescribeSettings(const Settings& settings);

// Host, kernel, processor, cores, and the versions of pyslow and its Python as `pyslow --version`
// printed them.
NamedTexts DescribeMachine(const std::string& pyslow_version);

// Words for a shell, each quoted where it has to be.
std::string ShellCommand(const std::vector<std::string>& words);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_DESCRIBE_H_
