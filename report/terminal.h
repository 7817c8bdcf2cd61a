// What the report has to know of the terminal that it is written to.
#ifndef PYSLOW_REPORT_TERMINAL_H_
#define PYSLOW_REPORT_TERMINAL_H_

#include <cstddef>

namespace pyslow::report {

// Whether what is written to `file_descriptor` may be coloured: a terminal, and no NO_COLOR in the
// environment.
bool MayColor(int file_descriptor);

struct TerminalSize {
  size_t columns = 0;  // 0: no terminal, or one that does not know
  size_t lines = 0;
};
TerminalSize SizeOf(int file_descriptor);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_TERMINAL_H_
