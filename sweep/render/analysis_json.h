// analysis.json: the findings for programs. Its keys are documented in pyslow-sweep(1).
#ifndef PYSLOW_SWEEP_RENDER_ANALYSIS_JSON_H_
#define PYSLOW_SWEEP_RENDER_ANALYSIS_JSON_H_

#include <string>

#include "sweep/render/findings.h"

namespace pyslow::render {

inline constexpr int kAnalysisSchema = 1;

// Valid UTF-8 whatever the names; ended by a line feed. A figure that is no number is null.
std::string AnalysisJson(const Findings& findings);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_ANALYSIS_JSON_H_
