// The report for programs. pyslow-report(1) documents every member.
#ifndef PYSLOW_REPORT_JSON_H_
#define PYSLOW_REPORT_JSON_H_

#include <string>

#include "report/summary.h"
#include "session/snapshot.h"

namespace pyslow::report {

inline constexpr int kJsonSchema = 1;

// One object, and a newline. `indent`: spaces for each level; -1: all on one line. Texts that are
// not UTF-8 are as of ValidUtf8.
std::string FormatJson(const session::SessionSnapshot& session, const Summary& summary, int indent);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_JSON_H_
