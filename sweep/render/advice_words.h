// Advice from the findings: which delay costs 1% of the throughput, and what not to optimise.
#ifndef PYSLOW_SWEEP_RENDER_ADVICE_WORDS_H_
#define PYSLOW_SWEEP_RENDER_ADVICE_WORDS_H_

#include <string>

#include "sweep/model/curve_finding.h"
#include "sweep/model/findings.h"

namespace pyslow::render {

// How much slower a call may become: "2.31us [2.08, 2.59]", "over 62us", or "" if it is not known.
std::string ToleranceText(const model::CurveFinding& curve);
// What ToleranceText means: "more per call costs 1% of the throughput".
std::string ToleranceMeaning(const model::CurveFinding& curve);

// The functions and subsystems that faster code would not help, those with the most own time first,
// each with the reason: "hot (hidden up to a slack of 62us per call), parse (gains at most 0.4%)".
// At most `most`; the number of the others follows. "" if there is none.
std::string LeaveAlone(const model::Findings& findings, size_t most = 8);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_ADVICE_WORDS_H_
