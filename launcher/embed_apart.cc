// For a Python whose executable has CPython linked in: its libpython is slower, and another program
// of ours loads it where that executable cannot be run. Without it this one needs no dynamic loader
// and half of the time to start.
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "launcher/embed.h"
#include "launcher/handover.h"
#include "launcher/process_name.h"
#include "launcher/report_error.h"

namespace pyslow::launcher {

bool EmbedsAllOf(const std::string& /*executable*/) { return false; }

std::string EmbeddingProgram(const OwnFiles& files) {
  return (std::filesystem::path(files.library).parent_path() / PYSLOW_EMBEDDING_PROGRAM).string();
}

int Embed(int /*argc*/, char** argv, const OwnFiles& files, const std::string& reason) {
  const std::string program = EmbeddingProgram(files);
  if (getauxval(AT_SECURE) != 0) {
    ReportError(absl::PermissionDeniedError(absl::StrCat(
        files.binary, ": it has rights of its own (capabilities, set-user-ID) that ", program,
        " would not have; take them away, and start it with them (setpriv, ambient "
        "capabilities)")));
    return kUsageStatus;
  }
  HandoverEnvironment environment(environ, "", {files.binary, ProcessName(), reason});
  execve(program.c_str(), argv, environment.entries());
  ReportError(absl::UnavailableError(
      absl::StrCat(reason, reason.empty() ? "" : "; and ", program, ": ", std::strerror(errno))));
  return kUsageStatus;
}

}  // namespace pyslow::launcher
