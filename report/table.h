// The report for people.
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
  size_t columns = 0;         // of the terminal, to which long names are cut; 0: they are whole
  bool command = true;        // of the first process, as a heading
  bool name_options = false;  // says which option of pyslow-report shows what is left out
};

// Whole lines. `summary` is Summarize(session).
std::string FormatTable(const session::SessionSnapshot& session, const Summary& summary,
                        const TableOptions& options);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_TABLE_H_
