// The findings of a sweep as text for a terminal, step by step or all at once.
#ifndef PYSLOW_SWEEP_RENDER_TERMINAL_REPORT_H_
#define PYSLOW_SWEEP_RENDER_TERMINAL_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "sweep/model/findings.h"

namespace pyslow::render {

struct TerminalOptions {
  Style style = Style(false);
  size_t width = 100;  // columns of wrapped sentences; tables are not wrapped
  size_t top = 10;     // functions listed; the number of the others is printed
};

// A step's name, its sentence, its table and the next step, from `findings` as far as they are
// known; whole lines.
std::string FormatStep(const model::Findings& findings, const model::StepSummary& summary,
                       const TerminalOptions& options);

// All steps, the priorities, and the warnings.
std::string FormatFindings(const model::Findings& findings, const TerminalOptions& options);

// Their parts, each of whole lines; "" if there is nothing to show.
std::string FormatCounted(const model::Findings& findings, const TerminalOptions& options);
// The points of a curve and its fitted figures.
std::string FormatCurve(const model::Findings& findings, const model::Result& result,
                        const TerminalOptions& options);
std::string FormatOpportunity(const model::Findings& findings, const TerminalOptions& options);
std::string FormatRanking(const model::Findings& findings, const std::vector<model::Result>& ranked,
                          const TerminalOptions& options);
// T of both versions, and the functions that differ.
std::string FormatComparison(const model::Findings& findings, const TerminalOptions& options);
std::string FormatPriorities(const model::Findings& findings, const TerminalOptions& options);
std::string FormatWarnings(const model::Findings& findings, const TerminalOptions& options);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_TERMINAL_REPORT_H_
