// Tables for a terminal or a pipe. The last column is a name, so that no name has to be cut in a
// pipe, where the width is unlimited.
#ifndef PYSLOW_BASE_TEXT_TABLE_H_
#define PYSLOW_BASE_TEXT_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/terminal.h"

namespace pyslow {

// All texts are as Printable returns them.
struct TableRow {
  std::vector<std::string> cells;  // the last one is the row's name
  bool faint = false;              // the whole row
  // Shown faint directly before and after the name, such as "MODULE:" and "  [GROUP]".
  std::string before_name = {};
  std::string after_name = {};
};

// The minimum number of columns for a name together with the text before it.
inline constexpr size_t kMinNameColumns = 20;

// One line for each row, the first of which is the head, in bold. All rows have the same number of
// cells, at least one. Columns are two blanks apart and aligned right, except the last. If a line
// is wider than `columns` (0: no limit), the text before the name is elided, then the name (see
// Elided).
std::string FormatRows(const std::vector<TableRow>& rows, const Style& style, size_t columns = 0);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TEXT_TABLE_H_
