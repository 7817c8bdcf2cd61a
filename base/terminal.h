// The terminal that a program writes to: its size and its colours.
#ifndef PYSLOW_BASE_TERMINAL_H_
#define PYSLOW_BASE_TERMINAL_H_

#include <cstddef>
#include <cstdio>

#include "absl/strings/string_view.h"

namespace pyslow {

// Escape sequences, all empty without colour. They are readable on light and dark backgrounds.
struct Style {
  explicit Style(bool color);
  absl::string_view bold, faint, good, warning, end;
};

// Whether text for `file_descriptor` may be coloured: it is a terminal, TERM is not "dumb", and
// NO_COLOR is unset or empty.
bool MayColor(int file_descriptor);

struct TerminalSize {
  size_t columns = 0;  // 0: not a terminal, or its size is unknown
  size_t lines = 0;
};
TerminalSize SizeOf(int file_descriptor);

// Writes `text` to `stream` and flushes it. Errors stay in the stream (std::ferror).
void Print(std::FILE* stream, absl::string_view text);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TERMINAL_H_
