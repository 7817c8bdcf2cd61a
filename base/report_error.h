// Prints errors, warnings and notes: each as one line on standard error, in one write, so that
// lines of several processes do not mix. Control characters are masked (see Printable). Write
// errors are ignored, because they cannot be reported anywhere. Any thread.
#ifndef PYSLOW_BASE_REPORT_ERROR_H_
#define PYSLOW_BASE_REPORT_ERROR_H_

#include "absl/strings/string_view.h"

namespace pyslow {

// Exit status of a program that refuses its command line, its environment or its files.
inline constexpr int kUsageStatus = 2;

// "PROGRAM: error: MESSAGE". By convention the message is "WHERE: WHAT, WHAT TO DO".
void ReportError(absl::string_view program, absl::string_view message);

// "PROGRAM: warning: MESSAGE": the program goes on.
void ReportWarning(absl::string_view program, absl::string_view message);

// "PROGRAM: MESSAGE": neither an error nor a warning.
void ReportNote(absl::string_view program, absl::string_view message);

}  // namespace pyslow

#endif  // PYSLOW_BASE_REPORT_ERROR_H_
