// The files that a sweep leaves beside its trials.
#ifndef PYSLOW_SWEEP_CLI_OUTPUTS_H_
#define PYSLOW_SWEEP_CLI_OUTPUTS_H_

#include <string>

#include "absl/status/status.h"
#include "sweep/render/findings.h"

namespace pyslow::cli {

// Writes analysis.json, report.html and profile.coz into `directory`, each in the place of an older
// one at once, or not at all. Errors are whole messages.
absl::Status WriteOutputs(const render::Findings& findings, const std::string& directory);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_OUTPUTS_H_
