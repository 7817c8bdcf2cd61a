// main of pyslow, and of the program that the stub (handoff/exec_stub.cc) executes in unusual
// cases.
//
// Chooses the Python of this start. If the CPython that this program can embed is that Python, at
// the same speed, it is embedded. Otherwise the program executes that Python's own executable with
// libpyslow preloaded, where preload_main.cc continues. If that is not possible, CPython is
// embedded nevertheless.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/report_error.h"
#include "launcher/choose_for_process.h"
#include "launcher/embed.h"
#include "launcher/handoff/handoff.h"
#include "launcher/handoff/handoff_check.h"
#include "launcher/handoff/process_name.h"
#include "launcher/start.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

// The executable to hand off to; "" if Start has to report an error, or to execute another pyslow.
std::string HandoffExecutable(const absl::StatusOr<PythonChoice>& choice) {
  if (!choice.ok() || !choice->other_pyslow.empty()) return "";
  return !choice->base_executable.empty() ? choice->base_executable
                                          : std::string(BuiltForExecutable());
}

// Does not return on success.
absl::Status HandOff(const std::string& executable, const std::string& library,
                     const std::string& binary, char** argv) {
  absl::Status status = handoff::CheckHandoff(executable, library, BinaryFile(), BuiltForMinor());
  if (!status.ok()) return status;
  handoff::HandoffEnvironment environment(environ, library, {binary, handoff::ProcessName()});
  execve(executable.c_str(), argv, environment.entries());
  return absl::UnavailableError(absl::StrCat(executable, ": ", std::strerror(errno)));
}

int Main(int argc, char** argv) {
  const absl::StatusOr<std::string> invoked = InvokedProgram();
  if (!invoked.ok()) {
    ReportError("pyslow", invoked.status().message());
    return kUsageStatus;
  }
  const std::string library =
      (std::filesystem::path(*invoked).parent_path() / PYSLOW_LIBRARY_FROM_BIN)
          .lexically_normal()
          .string();
  LaunchContext context = {*invoked, ChoosePython(InvocationOf(argc, argv, *invoked))};
  const std::string executable = HandoffExecutable(context.choice);
  if (!executable.empty() && !EmbedsPythonOf(executable)) {
    context.embed_reason = std::string(HandOff(executable, library, *invoked, argv).message());
  }
  return Embed(argc, argv, context, library);
}

}  // namespace
}  // namespace pyslow::launcher

int main(int argc, char** argv) { return pyslow::launcher::Main(argc, argv); }
