// The program pyslow-report.
#ifndef PYSLOW_REPORT_REPORT_PROGRAM_H_
#define PYSLOW_REPORT_REPORT_PROGRAM_H_

#include <string>
#include <vector>

namespace pyslow::report {

// `words` is argv without argv[0]. Prints the report to standard output. On an error, prints one
// line "pyslow-report: error: WHERE: WHAT" to standard error. Returns the exit status: 0, or 2 on
// an error.
int RunProgram(const std::vector<std::string>& words);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_REPORT_PROGRAM_H_
