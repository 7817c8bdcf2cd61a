// The plots of a sweep as gnuplot scripts, and the colours that they take from the page.
#ifndef PYSLOW_SWEEP_RENDER_PLOT_H_
#define PYSLOW_SWEEP_RENDER_PLOT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/render/findings.h"

namespace pyslow::render {

// What a curve is drawn against its delay: the time of a unit, in which it is a straight line, or
// the throughput.
enum class Quantity { kTime, kThroughput };

// Points with their intervals, the fitted shape, its knee, and, where faster code is worth
// something, the line beyond 0 to negative delays. The curve has at least two levels.
std::string CurvePlot(const statistics::CurveFinding& curve, Quantity quantity,
                      absl::string_view unit);

// A bar with its interval for each of `ranked` (at most kMostBars): κ, or where not all have it,
// the throughput lost at the largest dose. nullopt where there is neither.
inline constexpr size_t kMostBars = 15;
struct RankingChart {
  std::string script;
  std::string what;  // the bars are: "critical fraction …"
};
std::optional<RankingChart> RankingPlot(const std::vector<Result>& ranked);

// A drawing of these with variables of the page's style sheet in place of its colours:
// --plot-ink, --plot-paper, --plot-grid, --plot-data, --plot-fit, --plot-gain, --plot-knee.
std::string WithPageColors(absl::string_view svg);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_PLOT_H_
