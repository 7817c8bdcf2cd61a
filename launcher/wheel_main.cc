// main of the programs of a wheel: `pyslow`, and `pythonX.Y-pyslow`, by which children are started.
//
// One program for all versions of CPython. It is linked to no libpython: it chooses the Python of
// this start and executes it with the libpyslow of its version preloaded, where preload_main.cc
// continues. If that is not possible, it says why; there is nothing else that could run.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/report_error.h"
#include "launcher/choose_for_process.h"
#include "launcher/handoff/handoff.h"
#include "launcher/handoff/handoff_check.h"
#include "launcher/handoff/handoff_entries.h"
#include "launcher/handoff/process_name.h"
#include "launcher/own_commands.h"
#include "launcher/pyslow_command_line.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

// A name for the library that LD_PRELOAD can contain: it is split at blanks and colons, and `$` is
// expanded (ld.so(8)). A descriptor that stays open has one; the library closes it.
std::string PreloadName(const std::string& library) {
  if (library.find_first_of(": \t\n$") == std::string::npos) return library;
  const int descriptor = open(library.c_str(), O_RDONLY);
  return descriptor < 0 ? library : absl::StrCat(handoff::kDescriptorPrefix, descriptor);
}

// Adds what to do to an error that does not say so.
absl::Status WithRemedy(const absl::Status& status, const std::string& library,
                        const PythonChoice& choice) {
  const absl::string_view message = status.message();
  if (absl::StrContains(message, "; ")) return status;
  const std::string remedy =
      absl::StartsWith(message, library)
          ? "; install pyslow in a directory from where programs can be executed"
          : absl::StrCat(" (chosen: ", choice.rule, "); --python names another Python");
  return {status.code(), absl::StrCat(message, remedy)};
}

// Does not return on success.
absl::Status HandOff(const Invocation& invocation, char** argv) {
  const absl::StatusOr<PythonChoice> choice = ChoosePython(invocation);
  if (!choice.ok()) return choice.status();
  const std::string library =
      PreloadName(absl::StrCat(choice->library_directory, "/libpyslow", choice->minor, ".so"));
  const std::string& executable = choice->base_executable;
  const absl::Status status =
      handoff::CheckHandoff(executable, library, invocation.binary, choice->minor);
  if (!status.ok()) return WithRemedy(status, library, *choice);
  handoff::HandoffEnvironment environment(environ, library,
                                          {invocation.binary, handoff::ProcessName()});
  execve(executable.c_str(), argv, environment.entries());
  const std::string reason = absl::StrCat(executable, ": ", std::strerror(errno));
  return WithRemedy(absl::UnavailableError(reason), library, *choice);
}

int Main(int argc, char** argv) {
  const auto fail = [](const absl::Status& status) {
    ReportError("pyslow", status.message());
    return kUsageStatus;
  };
  const Invocation invocation = InvocationOf(argc, argv, BinaryFile());
  if (!IsPythonName(invocation.argv0)) {
    const absl::StatusOr<CommandLine> line =
        SplitCommandLine(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    if (!line.ok()) return fail(line.status());
    const auto status = RunOwnCommand(*line, "", [&] { return invocation; });
    if (status.has_value()) return *status;
  }
  return fail(HandOff(invocation, argv));
}

}  // namespace
}  // namespace pyslow::launcher

int main(int argc, char** argv) { return pyslow::launcher::Main(argc, argv); }
