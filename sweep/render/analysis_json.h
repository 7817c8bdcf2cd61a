// analysis.json: the findings for programs. pyslow-sweep(1) documents its keys.
#ifndef PYSLOW_SWEEP_RENDER_ANALYSIS_JSON_H_
#define PYSLOW_SWEEP_RENDER_ANALYSIS_JSON_H_

#include <string>

#include "sweep/model/findings.h"

namespace pyslow::render {

inline constexpr int kAnalysisSchema = 1;

// Valid UTF-8 with a final line feed, whatever bytes the names hold. Infinities and NaN become
// null.
std::string AnalysisJson(const model::Findings& findings);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_ANALYSIS_JSON_H_
