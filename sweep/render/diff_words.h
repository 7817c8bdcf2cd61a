// What differs between two sweeps, as text and as JSON.
#ifndef PYSLOW_SWEEP_RENDER_DIFF_WORDS_H_
#define PYSLOW_SWEEP_RENDER_DIFF_WORDS_H_

#include <string>

#include "sweep/model/sweep_diff.h"
#include "sweep/render/terminal_report.h"

namespace pyslow::render {

// One of the compared sweeps.
struct DiffedSweep {
  std::string directory;
  std::string started;  // UTC
  std::string unit;     // the name of a unit
};

// Lines of text: both directories, T at the control, a table of each subject's figures, the names
// that are gone or new, and what limits the comparison.
std::string FormatDiff(const model::SweepDiff& diff, const DiffedSweep& first,
                       const DiffedSweep& other, const TerminalOptions& options);

// The same as a JSON document.
std::string DiffJson(const model::SweepDiff& diff, const DiffedSweep& first,
                     const DiffedSweep& other);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_DIFF_WORDS_H_
