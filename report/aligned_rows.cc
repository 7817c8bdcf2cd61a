#include "report/aligned_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/width.h"

namespace pyslow::report {
namespace {

constexpr absl::string_view kBetween = "  ";

struct Name {
  std::string module;
  std::string name;
};

// Cuts the module first, as the function's name says more, down to an ellipsis and its colon.
Name Fitted(const Row& row, size_t room) {
  constexpr size_t kMinModule = 2;
  const size_t module = DisplayWidth(row.module);
  const size_t name = DisplayWidth(row.name);
  if (module + name <= room) return {row.module, row.name};
  if (module == 0) return {"", Elided(row.name, room)};
  const size_t for_module = room > name + kMinModule ? room - name : kMinModule;
  return {Elided(row.module, for_module), Elided(row.name, room - for_module)};
}

std::string NameText(const Row& row, size_t room, const Style& style, bool plain) {
  const size_t after = DisplayWidth(row.after);
  const size_t left = room > after ? room - after : 0;
  const Name name = Fitted(row, std::max(left, kMinNameColumns));
  if (plain || name.module.empty()) return absl::StrCat(name.module, name.name, row.after);
  return absl::StrCat(style.faint, name.module, style.end, name.name, style.faint, row.after,
                      style.end);
}

}  // namespace

std::string AlignRows(const std::vector<Row>& rows, size_t columns, const Style& style) {
  std::vector<size_t> widths(rows.front().cells.size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row.cells[i].size());
  }
  size_t taken = 0;
  for (const size_t width : widths) taken += width + kBetween.size();
  const size_t room = columns == 0      ? std::numeric_limits<size_t>::max()
                      : columns > taken ? columns - taken
                                        : 0;
  std::string text;
  for (const Row& row : rows) {
    const bool is_head = &row == &rows.front();
    const bool plain = is_head || row.faint;
    absl::StrAppend(&text, is_head ? style.bold : row.faint ? style.faint : "");
    for (size_t i = 0; i < widths.size(); ++i) {
      absl::StrAppend(&text, std::string(widths[i] - row.cells[i].size(), ' '), row.cells[i],
                      kBetween);
    }
    absl::StrAppend(&text, NameText(row, room, style, plain), plain ? style.end : "", "\n");
  }
  return text;
}

}  // namespace pyslow::report
