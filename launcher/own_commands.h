// The options of pyslow that run no program: --help, --completion, --into and --out-of.
#ifndef PYSLOW_LAUNCHER_OWN_COMMANDS_H_
#define PYSLOW_LAUNCHER_OWN_COMMANDS_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "launcher/pyslow_command_line.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// Does what such an option says and returns the exit status; nullopt if none was given.
// `python_minor` is as in CompletionText. `invocation` is called for --into only: it costs time.
std::optional<int> RunOwnCommand(const CommandLine& line, const std::string& python_minor,
                                 absl::FunctionRef<Invocation()> invocation);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_OWN_COMMANDS_H_
