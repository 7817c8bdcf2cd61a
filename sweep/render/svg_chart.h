// A chart with two linear axes as SVG, coloured by the style sheet of the page (page_style.h).
#ifndef PYSLOW_SWEEP_RENDER_SVG_CHART_H_
#define PYSLOW_SWEEP_RENDER_SVG_CHART_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/model/estimate.h"

namespace pyslow::render {

// Round numbers in [low, high], at most about `count`: multiples of 1, 2 or 5 × a power of ten
// (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990). Empty unless low < high and
// both are finite.
std::vector<double> NiceTicks(double low, double high, int count);

struct ChartPoint {
  double x = 0;
  double y = 0;
};

// Coordinates of points are those of the axes. Points that are not finite are left out. Not
// thread-safe.
class SvgChart {
 public:
  struct Layout {
    double width = 440;
    double height = 290;
    double left = 62;  // of the axes
    double bottom = 46;
    bool has_y_ticks = true;
  };

  // The ranges are what the axes show, with low < high.
  SvgChart(const Layout& layout, const model::Range& x, const model::Range& y);

  void Titles(absl::string_view x, absl::string_view y);

  // Elements are drawn in this order. `kind`: the class, "fit", "gain", "knee", "data" or "grid".
  void Line(const std::vector<ChartPoint>& points, absl::string_view kind);
  void Area(const std::vector<ChartPoint>& outline, absl::string_view kind);
  // A point with its interval along y, or along x; `hover`: the text that appears above it.
  void Point(const ChartPoint& point, const model::Range& interval, bool along_x,
             absl::string_view hover);
  void VerticalLine(double x, absl::string_view kind);
  // `end`: the text ends at the point; else it begins there.
  void Text(const ChartPoint& at, absl::string_view text, bool end, absl::string_view kind,
            absl::string_view hover = "");

  // The whole element.
  std::string Svg() const;

 private:
  double X(double value) const;
  double Y(double value) const;
  std::string Path(const std::vector<ChartPoint>& points) const;
  std::string Grid() const;
  double right() const { return layout_.width - 10; }
  double foot() const { return layout_.height - layout_.bottom; }

  const Layout layout_;
  const model::Range x_;
  const model::Range y_;
  std::string titles_;
  std::string drawn_;
};

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_SVG_CHART_H_
