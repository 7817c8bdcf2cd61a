// Formats the report as JSON. pyslow-report(1) documents every member.
#ifndef PYSLOW_REPORT_REPORT_JSON_H_
#define PYSLOW_REPORT_REPORT_JSON_H_

#include <string>

#include "report/summary.h"
#include "session/snapshot.h"

namespace pyslow::report {

inline constexpr int kJsonSchema = 1;

// Returns one object and a newline: on one line, or with each list item on its own line. Texts that
// are not UTF-8 are escaped by ValidUtf8(). `summary` must be Summarize(session).
std::string FormatJson(const session::SessionSnapshot& session, const Summary& summary,
                       bool one_line);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_REPORT_JSON_H_
