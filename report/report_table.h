// Formats the report as tables for a terminal or a pipe.
#ifndef PYSLOW_REPORT_REPORT_TABLE_H_
#define PYSLOW_REPORT_REPORT_TABLE_H_

#include <cstddef>
#include <string>

#include "report/summary.h"
#include "session/snapshot.h"

namespace pyslow::report {

struct TableOptions {
  size_t top = 10;            // number of functions listed; the rest is counted
  bool color = false;         // terminal escapes
  size_t columns = 0;         // of the terminal, to cut long names; 0: do not cut
  bool command = true;        // print the first process's command as a heading
  bool name_options = false;  // name the options of pyslow-report that list the rest
};

// Returns whole lines. `summary` must be Summarize(session).
std::string FormatTable(const session::SessionSnapshot& session, const Summary& summary,
                        const TableOptions& options);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_REPORT_TABLE_H_
