// Error and warning messages of pyslow: one line on stderr.
#ifndef PYSLOW_LAUNCHER_REPORT_ERROR_H_
#define PYSLOW_LAUNCHER_REPORT_ERROR_H_

#include "absl/status/status.h"

namespace pyslow::launcher {

// Exit status for an error before Python starts.
inline constexpr int kUsageStatus = 2;

// Prints "pyslow: error: " and the status's message, "WHERE: WHAT, …".
void ReportError(const absl::Status& status);
// Prints "pyslow: warning: " and `message`.
void ReportWarning(absl::string_view message);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_REPORT_ERROR_H_
