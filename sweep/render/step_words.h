// The steps of a sweep as sentences.
#ifndef PYSLOW_SWEEP_RENDER_STEP_WORDS_H_
#define PYSLOW_SWEEP_RENDER_STEP_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "sweep/model/findings.h"

namespace pyslow::render {

// Such as "1. Count" or "2. Global impact".
absl::string_view StepName(model::Step step);

// The result of a step, from the same figures as its table: one sentence or two, without the last
// full stop. `findings` holds what was known when the step ended, or more.
std::string StepSentence(const model::Findings& findings, const model::StepSummary& summary);

// What the next step does, or why the sweep ends.
std::string NextSentence(const model::Findings& findings, const model::StepSummary& summary);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_STEP_WORDS_H_
