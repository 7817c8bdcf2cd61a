#include "sweep/cli/show_output.h"

#include <cstddef>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/report_error.h"
#include "base/sanitize.h"
#include "base/terminal.h"

namespace pyslow::cli {
namespace {

constexpr size_t kMaxOutputShown = 16 << 10;

// Whole lines from the end of `output`, at most kMaxOutputShown bytes.
absl::string_view Tail(absl::string_view output) {
  if (output.size() <= kMaxOutputShown) return output;
  const absl::string_view tail = output.substr(output.size() - kMaxOutputShown);
  const size_t line = tail.find('\n');
  return line == absl::string_view::npos ? tail : tail.substr(line + 1);
}

}  // namespace

void ShowOutput(absl::string_view program, absl::string_view title, absl::string_view output) {
  const absl::string_view shown = Tail(output);
  if (shown.empty()) return;
  ReportNote(program, title);
  Print(stderr, absl::StrCat(PrintableLines(shown), absl::EndsWith(shown, "\n") ? "" : "\n"));
}

}  // namespace pyslow::cli
