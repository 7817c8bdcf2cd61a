#include "launcher/report_error.h"

#include <unistd.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace pyslow::launcher {
namespace {

// One write, so that the lines of several processes do not mix. Control characters are replaced.
void WriteLine(absl::string_view kind, absl::string_view message) {
  std::string line = absl::StrCat("pyslow: ", kind, ": ", message);
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  line.push_back('\n');
  // An error cannot be reported if stderr is closed.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void ReportError(const absl::Status& status) { WriteLine("error", status.message()); }

void ReportWarning(absl::string_view message) { WriteLine("warning", message); }

}  // namespace pyslow::launcher
