// Text for a terminal: colours where they are wanted, and tables that stay aligned whatever the
// names.
#ifndef PYSLOW_BASE_TERMINAL_H_
#define PYSLOW_BASE_TERMINAL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace pyslow {

// Escape sequences, all empty where there is no colour.
struct Style {
  explicit Style(bool color);
  absl::string_view bold, faint, good, warning, end;
};

// Whether text written to `file_descriptor` may be coloured: a terminal that is not "dumb", and no
// NO_COLOR in the environment.
bool MayColor(int file_descriptor);

// Columns that valid UTF-8 takes on a terminal, as the C library knows them: two for wide
// characters (East Asian, most emoji), none for combining marks.
size_t DisplayWidth(absl::string_view text);

struct TableRow {
  std::vector<std::string> cells;  // valid UTF-8 without controls (see Printable)
  bool faint = false;
};
// Columns two blanks apart, aligned at their right, but for the last, which is the row's name. The
// first row is the head. All rows have as many cells; at least one row.
std::string FormatRows(const std::vector<TableRow>& rows, const Style& style);

// `text` in lines of at most `width` columns, broken at blanks, each after the first begun with
// `indent` blanks; ended. A word longer than a line stays whole.
std::string Wrapped(absl::string_view text, size_t width, size_t indent);

// As many whole characters of `text`, which is valid UTF-8, as fit into `width` columns, the last
// one an ellipsis where some do not.
std::string Shortened(absl::string_view text, size_t width);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TERMINAL_H_
