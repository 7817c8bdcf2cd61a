// Whether a condition of --fail-if holds, as a sentence.
#ifndef PYSLOW_SWEEP_RENDER_GATE_WORDS_H_
#define PYSLOW_SWEEP_RENDER_GATE_WORDS_H_

#include <string>

#include "sweep/model/gate.h"

namespace pyslow::render {

// "--fail-if change<-2% holds: app:step -7.6% [-8.4, -6.9]", "... does not hold", "... is not
// decided: ...", or that nothing was measured by which it could be judged.
std::string GateLine(const model::Gate& gate, const model::GateJudgement& judgement);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_GATE_WORDS_H_
