// analysis.json: the findings for programs. Its keys are documented in pyslow-sweep(1).
#ifndef PYSLOW_PRESENTATION_JSON_H_
#define PYSLOW_PRESENTATION_JSON_H_

#include <string>

#include "presentation/findings.h"

namespace pyslow::presentation {

inline constexpr int kAnalysisSchema = 1;

// Valid UTF-8 whatever the names; ended by a line feed. A figure that is no number is null.
std::string AnalysisJson(const Findings& findings);

}  // namespace pyslow::presentation

#endif  // PYSLOW_PRESENTATION_JSON_H_
