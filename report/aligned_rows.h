// Formats a table of numbers with names as the last column, so that only a terminal needs to cut
// them.
#ifndef PYSLOW_REPORT_ALIGNED_ROWS_H_
#define PYSLOW_REPORT_ALIGNED_ROWS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/terminal.h"

namespace pyslow::report {

struct Row {
  std::vector<std::string> cells;  // ASCII
  // The texts of the last column, sanitised by Printable().
  std::string module;  // "MODULE:" or ""; faint; cut before `name` is
  std::string name;
  std::string after;   // faint; never cut
  bool faint = false;  // the whole row
};

// Formats `rows`, one or more with equally many cells, as lines. The first row is the header. Cells
// are aligned to the right. In a line wider than `columns` (0: no limit) the name is cut by
// Elided(), but not below kMinNameColumns.
inline constexpr size_t kMinNameColumns = 20;
std::string AlignRows(const std::vector<Row>& rows, size_t columns, const Style& style);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_ALIGNED_ROWS_H_
