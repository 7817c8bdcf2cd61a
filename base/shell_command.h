// Commands that people copy from messages and reports.
#ifndef PYSLOW_BASE_SHELL_COMMAND_H_
#define PYSLOW_BASE_SHELL_COMMAND_H_

#include <string>
#include <vector>

namespace pyslow {

// The words as a command line for a shell, quoted where necessary.
std::string ShellCommand(const std::vector<std::string>& words);

}  // namespace pyslow

#endif  // PYSLOW_BASE_SHELL_COMMAND_H_
