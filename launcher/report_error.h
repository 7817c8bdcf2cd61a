// How pyslow tells a mistake: one line on stderr, and exit status 2.
#ifndef PYSLOW_LAUNCHER_REPORT_ERROR_H_
#define PYSLOW_LAUNCHER_REPORT_ERROR_H_

#include "absl/status/status.h"

namespace pyslow::launcher {

inline constexpr int kUsageStatus = 2;

// "pyslow: error: " and the status's message, which begins with where.
void ReportError(const absl::Status& status);
// "pyslow: warning: " and `message`.
void ReportWarning(absl::string_view message);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_REPORT_ERROR_H_
