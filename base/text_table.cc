#include "base/text_table.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/width.h"

namespace pyslow {
namespace {

constexpr absl::string_view kBetween = "  ";

// A row's name and the text before it, cut to their columns.
struct FittedName {
  std::string before;
  std::string name;
};

// The name identifies a function better than its module does, so the text before the name is cut
// first, down to an ellipsis and its last character.
FittedName FitName(const TableRow& row, size_t columns) {
  constexpr size_t kMinBefore = 2;
  const std::string& name = row.cells.back();
  const size_t before_width = DisplayWidth(row.before_name);
  const size_t name_width = DisplayWidth(name);
  if (before_width + name_width <= columns) return {row.before_name, name};
  if (before_width == 0) return {"", Elided(name, columns)};
  const size_t for_before = columns > name_width + kMinBefore ? columns - name_width : kMinBefore;
  return {Elided(row.before_name, for_before), Elided(name, columns - for_before)};
}

std::string NameText(const TableRow& row, size_t columns, const Style& style, bool is_plain) {
  const size_t after_width = DisplayWidth(row.after_name);
  const size_t left = columns > after_width ? columns - after_width : 0;
  const FittedName fitted = FitName(row, std::max(left, kMinNameColumns));
  if (is_plain || fitted.before.empty()) {
    return absl::StrCat(fitted.before, fitted.name, row.after_name);
  }
  return absl::StrCat(style.faint, fitted.before, style.end, fitted.name, style.faint,
                      row.after_name, style.end);
}

// The widths of all columns except the last.
std::vector<size_t> ColumnWidths(const std::vector<TableRow>& rows) {
  std::vector<size_t> widths(rows.front().cells.size() - 1);
  for (const TableRow& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row.cells[i]));
    }
  }
  return widths;
}

}  // namespace

std::string FormatRows(const std::vector<TableRow>& rows, const Style& style, size_t columns) {
  const std::vector<size_t> widths = ColumnWidths(rows);
  size_t used = 0;
  for (const size_t width : widths) used += width + kBetween.size();
  const size_t name_columns = columns == 0     ? std::numeric_limits<size_t>::max()
                              : columns > used ? columns - used
                                               : 0;
  std::string text;
  for (const TableRow& row : rows) {
    const bool is_head = &row == &rows.front();
    const bool is_plain = is_head || row.faint;
    std::string line;
    for (size_t i = 0; i < widths.size(); ++i) {
      absl::StrAppend(&line, std::string(widths[i] - DisplayWidth(row.cells[i]), ' '), row.cells[i],
                      kBetween);
    }
    absl::StrAppend(&line, NameText(row, name_columns, style, is_plain));
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text,
                    is_head     ? style.bold
                    : row.faint ? style.faint
                                : "",
                    line, is_plain ? style.end : "", "\n");
  }
  return text;
}

}  // namespace pyslow
