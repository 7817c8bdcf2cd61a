// What has to be known of the terminal that is written to, colours where they are wanted, and
// tables that stay aligned whatever the names.
#ifndef PYSLOW_BASE_TERMINAL_H_
#define PYSLOW_BASE_TERMINAL_H_

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pyslow {

// Escape sequences, all empty where there is no colour. They read alike on light and on dark
// ground.
struct Style {
  explicit Style(bool color);
  absl::string_view bold, faint, good, warning, end;
};

// Whether text written to `file_descriptor` may be coloured: a terminal that is not "dumb", and no
// NO_COLOR in the environment.
bool MayColor(int file_descriptor);

struct TerminalSize {
  size_t columns = 0;  // 0: no terminal, or one that does not know
  size_t lines = 0;
};
TerminalSize SizeOf(int file_descriptor);

// Writes `text` to `stream` and flushes it. Errors are left in the stream (std::ferror).
void Print(std::FILE* stream, absl::string_view text);

struct TableRow {
  std::vector<std::string> cells;  // valid UTF-8 without controls (see Printable)
  bool faint = false;
};
// Columns two blanks apart, aligned at their right, but for the last, which is the row's name. The
// first row is the head. All rows have as many cells; at least one row.
std::string FormatRows(const std::vector<TableRow>& rows, const Style& style);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TERMINAL_H_
