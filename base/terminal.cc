#include "base/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cwchar>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pyslow {

Style::Style(bool color)
    : bold(color ? "\033[1m" : ""),
      faint(color ? "\033[2m" : ""),
      good(color ? "\033[32m" : ""),
      warning(color ? "\033[33m" : ""),
      end(color ? "\033[0m" : "") {}

bool MayColor(int file_descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && absl::string_view(terminal) == "dumb";
  return isatty(file_descriptor) == 1 && !is_dumb && (no_color == nullptr || *no_color == '\0');
}

size_t DisplayWidth(absl::string_view text) {
  // The user's locale may be C, in which every byte beyond ASCII is unknown.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return text.size();
  const locale_t before = uselocale(utf8);
  const absl::Cleanup back = [before] { uselocale(before); };
  std::mbstate_t state{};
  size_t width = 0;
  while (!text.empty()) {
    wchar_t character = 0;
    const size_t length = std::mbrtowc(&character, text.data(), text.size(), &state);
    if (length == 0 || length > text.size()) return width + text.size();  // no text at all
    width += static_cast<size_t>(std::max(wcwidth(character), 0));
    text.remove_prefix(length);
  }
  return width;
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

std::string Wrapped(absl::string_view text, size_t width, size_t indent) {
  std::string result;
  size_t at = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const size_t word_width = DisplayWidth(word);
    if (at > 0 && at + 1 + word_width > width) {
      absl::StrAppend(&result, "\n", std::string(indent, ' '));
      at = indent;
    } else if (at > 0) {
      result.push_back(' ');
      ++at;
    }
    absl::StrAppend(&result, word);
    at += word_width;
  }
  return absl::StrCat(result, "\n");
}

std::string Shortened(absl::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::string kept;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    const std::string more = absl::StrCat(kept, text.substr(at, end - at));
    if (DisplayWidth(more) > width - 1) break;
    kept = more;
    at = end;
  }
  return absl::StrCat(kept, "\u2026");
}

}  // namespace pyslow
