// pyslow-report as a whole: from its words to what it prints and its exit status.
#ifndef PYSLOW_REPORT_REPORT_PROGRAM_H_
#define PYSLOW_REPORT_REPORT_PROGRAM_H_

#include <string>
#include <vector>

namespace pyslow::report {

// `words` is argv without argv[0]. The report goes to standard output, errors to standard error, as
// one line "pyslow-report: error: WHERE: WHAT". Returns 0, or 2 where there was an error.
int RunProgram(const std::vector<std::string>& words);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_REPORT_PROGRAM_H_
