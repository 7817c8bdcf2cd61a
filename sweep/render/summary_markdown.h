// summary.md: the findings in a few lines of Markdown, for a pull request.
#ifndef PYSLOW_SWEEP_RENDER_SUMMARY_MARKDOWN_H_
#define PYSLOW_SWEEP_RENDER_SUMMARY_MARKDOWN_H_

#include <string>

#include "sweep/model/findings.h"

namespace pyslow::render {

// The verdict, what to optimise, what to leave alone, the warnings, and how it was measured.
// Names are code spans; control characters are masked.
std::string SummaryMarkdown(const model::Findings& findings);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_SUMMARY_MARKDOWN_H_
