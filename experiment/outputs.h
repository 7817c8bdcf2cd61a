// The files that a sweep leaves beside its trials.
#ifndef PYSLOW_EXPERIMENT_OUTPUTS_H_
#define PYSLOW_EXPERIMENT_OUTPUTS_H_

#include <string>

#include "absl/status/status.h"
#include "presentation/findings.h"

namespace pyslow::experiment {

// Writes analysis.json, report.html and profile.coz into `directory`, each in the place of an older
// one at once, or not at all. Errors are whole messages.
absl::Status WriteOutputs(const presentation::Findings& findings, const std::string& directory);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_OUTPUTS_H_
