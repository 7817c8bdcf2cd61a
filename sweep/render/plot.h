// The plots of a sweep as SVG elements of report.html.
#ifndef PYSLOW_SWEEP_RENDER_PLOT_H_
#define PYSLOW_SWEEP_RENDER_PLOT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/model/findings.h"

namespace pyslow::render {

// The vertical axis of a curve: the time of a unit, which is linear in the delay, or the
// throughput.
enum class Quantity { kTime, kThroughput };

// Points with their intervals, the fitted shape, its knee, and, if there are predictions, the line
// continued to negative delays. A point shows its figures under the pointer. The curve has at least
// two levels.
std::string CurvePlot(const model::CurveFinding& curve, Quantity quantity, absl::string_view unit);

// A bar with its interval for each of `ranked` (at most kMaxBars): κ, or if not all have it, the
// throughput lost at the largest dose. nullopt if there is neither.
inline constexpr size_t kMaxBars = 15;
struct RankingChart {
  std::string svg;
  std::string what;  // the meaning of the bars, and whether some are left out
};
std::optional<RankingChart> RankingPlot(const std::vector<model::Result>& ranked);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_PLOT_H_
