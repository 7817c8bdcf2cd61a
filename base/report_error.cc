#include "base/report_error.h"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"

namespace pyslow {
namespace {

void WriteLine(absl::string_view program, absl::string_view kind, absl::string_view message) {
  const std::string line = absl::StrCat(program, ": ", kind, Printable(message), "\n");
  while (write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace

void ReportError(absl::string_view program, absl::string_view message) {
  WriteLine(program, "error: ", message);
}

void ReportWarning(absl::string_view program, absl::string_view message) {
  WriteLine(program, "warning: ", message);
}

void ReportNote(absl::string_view program, absl::string_view message) {
  WriteLine(program, "", message);
}

}  // namespace pyslow
