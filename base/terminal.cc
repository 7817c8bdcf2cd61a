#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "base/width.h"

namespace pyslow {

Style::Style(bool color)
    : bold(color ? "\033[1m" : ""),
      faint(color ? "\033[2m" : ""),
      good(color ? "\033[32m" : ""),
      warning(color ? "\033[1;35m" : ""),
      end(color ? "\033[0m" : "") {}

bool MayColor(int file_descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && absl::string_view(terminal) == "dumb";
  return isatty(file_descriptor) == 1 && !is_dumb && (no_color == nullptr || *no_color == '\0');
}

TerminalSize SizeOf(int file_descriptor) {
  winsize size = {};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

void Print(std::FILE* stream, absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

std::string FormatRows(const std::vector<TableRow>& rows, const Style& style) {
  const size_t columns = rows.front().cells.size() - 1;
  std::vector<size_t> widths(columns);
  for (const TableRow& row : rows) {
    for (size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row.cells[i]));
    }
  }
  std::string text;
  for (const TableRow& row : rows) {
    const bool is_head = &row == &rows.front();
    std::string line;
    for (size_t i = 0; i < columns; ++i) {
      absl::StrAppend(&line, std::string(widths[i] - DisplayWidth(row.cells[i]), ' '), row.cells[i],
                      "  ");
    }
    absl::StrAppend(&line, row.cells.back());
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text,
                    is_head     ? style.bold
                    : row.faint ? style.faint
                                : "",
                    line, is_head || row.faint ? style.end : "", "\n");
  }
  return text;
}

}  // namespace pyslow
