// Tables of numbers whose last column is a name, so that in a pipe no name has to be cut.
#ifndef PYSLOW_REPORT_COLUMNS_H_
#define PYSLOW_REPORT_COLUMNS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/terminal.h"

namespace pyslow::report {

struct Row {
  std::vector<std::string> cells;  // ASCII
  // The name: "MODULE:" or "", faint; the name in it; what is shown behind it, in full. All of them
  // as of Printable.
  std::string module;
  std::string name;
  std::string after;
  bool faint = false;  // as a whole
};

// Lines of `rows`, the first of which is the head; the cells, of which all rows have as many, are
// aligned to the right. Where a line would be wider than `columns` (0: never) its name is cut as of
// Elided, but not below kLeastNameColumns.
inline constexpr size_t kLeastNameColumns = 20;
std::string Aligned(const std::vector<Row>& rows, size_t columns, const Style& style);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_COLUMNS_H_
