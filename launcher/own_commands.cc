#include "launcher/own_commands.h"

#include <cstdio>

#include "absl/status/statusor.h"
#include "base/report_error.h"
#include "base/sanitize.h"
#include "launcher/venv_python.h"

namespace pyslow::launcher {

std::optional<int> RunOwnCommand(const CommandLine& line, const std::string& python_minor,
                                 absl::FunctionRef<Invocation()> invocation) {
  if (line.help) {
    std::fputs(HelpText().c_str(), stdout);
    return 0;
  }
  if (!line.completion.empty()) {
    std::fputs(CompletionText(python_minor, line.completion).c_str(), stdout);
    return 0;
  }
  if (line.into.empty() && line.out_of.empty()) return std::nullopt;
  const absl::StatusOr<std::string> done =
      line.into.empty() ? TakeOutOfVenv(line.out_of) : PutIntoVenv(line.into, invocation());
  if (!done.ok()) {
    ReportError("pyslow", done.status().message());
    return kUsageStatus;
  }
  std::printf("%s\n", Printable(*done).c_str());
  return 0;
}

}  // namespace pyslow::launcher
