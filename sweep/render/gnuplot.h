// Runs gnuplot as a child process.
#ifndef PYSLOW_SWEEP_RENDER_GNUPLOT_H_
#define PYSLOW_SWEEP_RENDER_GNUPLOT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::render {

// Runs gnuplot on `scripts`, each of which sets the svg terminal and draws one plot, and returns
// the SVG elements in order, ready for a page: without XML declaration and titles, with unique ids.
// The data is part of a script (`$name << END`). Errors are whole sentences: gnuplot cannot be
// started (NotFound), failed, exceeded its time, or drew too few plots.
absl::StatusOr<std::vector<std::string>> DrawSvg(const std::vector<std::string>& scripts,
                                                 const std::string& program = "gnuplot");

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_GNUPLOT_H_
