// pyslow's main, or that of the program that first_step.cc leaves to choose. Where CPython inside
// this program would not be all that the interpreter is that pyslow stands for (that one has
// CPython linked in, which is faster than libpython, or is another installation), it becomes that
// interpreter's own executable with libpyslow preloaded, and hosted_main.cc goes on there. Else,
// and where that cannot be, it embeds.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "launcher/embed.h"
#include "launcher/environment.h"
#include "launcher/handover.h"
#include "launcher/host_program.h"
#include "launcher/process_name.h"
#include "launcher/report_error.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

// The executable of the interpreter that this start stands for. "" where Start has a mistake to
// tell, or becomes the pyslow of another minor version.
std::string Host(const std::string& argv0, const std::string& binary) {
  const absl::StatusOr<PythonChoice> choice = ChoosePython(
      {argv0, binary, GetVariable("PATH").value_or(""), GetVariable("VIRTUAL_ENV").value_or("")});
  if (!choice.ok() || !choice->become.empty()) return "";
  return !choice->base_executable.empty() ? choice->base_executable
                                          : std::string(BuiltForExecutable());
}

// Does not return where it succeeds.
absl::Status Become(const std::string& host, const OwnFiles& files, char** argv) {
  absl::Status status = CanHost(host, files.library, BinaryFile());
  if (!status.ok()) return status;
  HandoverEnvironment environment(environ, files.library, {files.binary, ProcessName(), ""});
  execve(host.c_str(), argv, environment.entries());
  return absl::UnavailableError(absl::StrCat(host, ": ", std::strerror(errno)));
}

int Front(int argc, char** argv) {
  absl::StatusOr<std::string> typed = TypedProgram();
  if (!typed.ok()) {
    ReportError(typed.status());
    return kUsageStatus;
  }
  OwnFiles files;
  files.binary = *std::move(typed);
  files.library = (std::filesystem::path(files.binary).parent_path() / PYSLOW_LIBRARY_FROM_BIN)
                      .lexically_normal()
                      .string();
  const std::string host = Host(argc > 0 ? argv[0] : "", files.binary);
  std::string reason;
  if (!host.empty() && !EmbedsAllOf(host)) {
    reason = std::string(Become(host, files, argv).message());
  }
  return Embed(argc, argv, files, reason);
}

}  // namespace
}  // namespace pyslow::launcher

int main(int argc, char** argv) { return pyslow::launcher::Front(argc, argv); }
