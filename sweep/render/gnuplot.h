// Drawings by gnuplot, run as a process of its own.
#ifndef PYSLOW_SWEEP_RENDER_GNUPLOT_H_
#define PYSLOW_SWEEP_RENDER_GNUPLOT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::render {

// Runs gnuplot on `scripts`, each of which sets the svg terminal and draws one plot, and returns
// their SVG elements in order, fit to stand in a page: no XML declaration, no titles, ids of their
// own. Data is part of a script (`$name << END`). Errors are whole sentences: there is no gnuplot
// (NotFound), it did not end well or in time, or it drew too few.
absl::StatusOr<std::vector<std::string>> DrawSvg(const std::vector<std::string>& scripts,
                                                 const std::string& program = "gnuplot");

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_GNUPLOT_H_
