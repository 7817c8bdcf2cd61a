// A sweep's findings as text for a terminal, step by step as they are made, or all at once.
#ifndef PYSLOW_SWEEP_RENDER_TERMINAL_REPORT_H_
#define PYSLOW_SWEEP_RENDER_TERMINAL_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/terminal.h"
#include "sweep/render/findings.h"

namespace pyslow::render {

struct TerminalOptions {
  Style style = Style(false);
  size_t width = 100;  // columns that sentences are broken at; tables are as wide as they are
  size_t top = 10;     // functions listed; what is left out is told
};

// A step's name, its sentence, its table from `findings` as far as they are known, and what comes
// next; whole lines.
std::string FormatStep(const Findings& findings, const StepTold& told,
                       const TerminalOptions& options);

// All steps, the priorities, and the warnings.
std::string FormatFindings(const Findings& findings, const TerminalOptions& options);

// The parts of these, each of whole lines, "" where there is nothing to show.
std::string FormatCounted(const Findings& findings, const TerminalOptions& options);
// The points of a curve, and the line or bend through them.
std::string FormatCurve(const Findings& findings, const Result& result,
                        const TerminalOptions& options);
std::string FormatOpportunity(const Findings& findings, const TerminalOptions& options);
std::string FormatRanking(const Findings& findings, const std::vector<Result>& ranked,
                          const TerminalOptions& options);
std::string FormatPriorities(const Findings& findings, const TerminalOptions& options);
std::string FormatWarnings(const Findings& findings, const TerminalOptions& options);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_TERMINAL_REPORT_H_
