// The result files of a sweep, apart from its trials.
#ifndef PYSLOW_SWEEP_CLI_OUTPUTS_H_
#define PYSLOW_SWEEP_CLI_OUTPUTS_H_

#include <string>

#include "absl/status/status.h"
#include "sweep/model/findings.h"

namespace pyslow::cli {

// Writes analysis.json, report.html, summary.md and profile.coz to `directory`. Each replaces an
// older file atomically (see WriteFile). Stops at the first error, whose message is complete.
absl::Status WriteOutputs(const model::Findings& findings, const std::string& directory);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_OUTPUTS_H_
