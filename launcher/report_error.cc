#include "launcher/report_error.h"

#include <unistd.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace pyslow::launcher {
namespace {

// One write, so that lines of several processes do not mix; no byte that a terminal would obey.
void WriteLine(absl::string_view kind, absl::string_view message) {
  std::string line = absl::StrCat("pyslow: ", kind, ": ", message);
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  line.push_back('\n');
  // Nothing can be done where stderr is closed.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void ReportError(const absl::Status& status) { WriteLine("error", status.message()); }

void ReportWarning(absl::string_view message) { WriteLine("warning", message); }

}  // namespace pyslow::launcher
