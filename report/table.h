// The report for people: tables whose last column is the name, so that no name is ever cut.
#ifndef PYSLOW_REPORT_TABLE_H_
#define PYSLOW_REPORT_TABLE_H_

#include <cstddef>
#include <string>

#include "report/summary.h"
#include "session/snapshot.h"

namespace pyslow::report {

struct TableOptions {
  size_t top = 10;            // functions listed; what is left out is told
  bool color = false;         // for a terminal
  bool name_options = false;  // says which option of pyslow-report shows what is left out
};

// Whole lines. `summary` is Summarize(session).
std::string FormatTable(const session::SessionSnapshot& session, const Summary& summary,
                        const TableOptions& options);

// Whether a report written to `file_descriptor` may be coloured: a terminal, and no NO_COLOR in the
// environment.
bool MayColor(int file_descriptor);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_TABLE_H_
