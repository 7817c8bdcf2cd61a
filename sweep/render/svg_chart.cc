#include "sweep/render/svg_chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sweep/render/markup.h"

namespace pyslow::render {
namespace {

constexpr double kTop = 10;
constexpr double kTextHeight = 13;

bool IsFinite(const ChartPoint& point) { return std::isfinite(point.x) && std::isfinite(point.y); }

std::string LineBetween(double x1, double y1, double x2, double y2, absl::string_view kind) {
  return absl::StrFormat("<path class=\"%s\" d=\"M%.2f %.2fL%.2f %.2f\"/>", kind, x1, y1, x2, y2);
}

// `anchor`: "start", "middle" or "end".
std::string TextAt(double x, double y, absl::string_view anchor, absl::string_view text,
                   absl::string_view kind, absl::string_view hover = "") {
  return absl::StrFormat("<text class=\"%s\" x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\">%s%s</text>",
                         kind, x, y, anchor, hover.empty() ? "" : Element("title", hover),
                         Escaped(text));
}

std::string TickText(double value) {
  return absl::StrFormat("%.6g", std::abs(value) < 1e-12 ? 0 : value);
}

}  // namespace

std::vector<double> NiceTicks(double low, double high, int count) {
  if (!(low < high) || !std::isfinite(high - low)) return {};
  const double rough = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double fraction = rough / power;
  const double step = power * (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10);
  std::vector<double> ticks;
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) {
    ticks.push_back(i * step);
  }
  return ticks;
}

SvgChart::SvgChart(const Layout& layout, const model::Range& x, const model::Range& y)
    : layout_(layout), x_(x), y_(y) {}

double SvgChart::X(double value) const {
  return layout_.left + (value - x_.low) / (x_.high - x_.low) * (right() - layout_.left);
}

double SvgChart::Y(double value) const {
  return foot() - (value - y_.low) / (y_.high - y_.low) * (foot() - kTop);
}

std::string SvgChart::Path(const std::vector<ChartPoint>& points) const {
  std::string path;
  bool is_first = true;
  for (const ChartPoint& point : points) {
    if (!IsFinite(point)) continue;
    absl::StrAppendFormat(&path, "%c%.2f %.2f", is_first ? 'M' : 'L', X(point.x), Y(point.y));
    is_first = false;
  }
  return path;
}

void SvgChart::Titles(absl::string_view x, absl::string_view y) {
  titles_ = TextAt((layout_.left + right()) / 2, layout_.height - 8, "middle", x, "ink");
  if (y.empty()) return;
  const double middle = (kTop + foot()) / 2;
  absl::StrAppendFormat(&titles_, "<g transform=\"rotate(-90 14 %.2f)\">%s</g>", middle,
                        TextAt(14, middle, "middle", y, "ink"));
}

void SvgChart::Line(const std::vector<ChartPoint>& points, absl::string_view kind) {
  absl::StrAppend(&drawn_, "<path class=\"", kind, "\" d=\"", Path(points), "\"/>\n");
}

void SvgChart::Area(const std::vector<ChartPoint>& outline, absl::string_view kind) {
  absl::StrAppend(&drawn_, "<path class=\"area ", kind, "\" d=\"", Path(outline), "Z\"/>\n");
}

void SvgChart::Point(const ChartPoint& point, const model::Range& interval, bool along_x,
                     absl::string_view hover) {
  if (!IsFinite(point)) return;
  const double x = X(point.x);
  const double y = Y(point.y);
  std::string bar;
  if (std::isfinite(interval.low) && std::isfinite(interval.high)) {
    bar = along_x ? LineBetween(X(interval.low), y, X(interval.high), y, "data")
                  : LineBetween(x, Y(interval.low), x, Y(interval.high), "data");
  }
  // The second circle is invisible: a finger or a mouse finds it more easily.
  absl::StrAppendFormat(
      &drawn_,
      "<g class=\"point\">%s%s<circle class=\"data\" cx=\"%.2f\" cy=\"%.2f\" "
      "r=\"3.2\"/><circle class=\"near\" cx=\"%.2f\" cy=\"%.2f\" r=\"12\"/></g>\n",
      Element("title", hover), bar, x, y, x, y);
}

void SvgChart::VerticalLine(double x, absl::string_view kind) {
  absl::StrAppend(&drawn_, LineBetween(X(x), kTop, X(x), foot(), kind), "\n");
}

void SvgChart::Text(const ChartPoint& at, absl::string_view text, bool end, absl::string_view kind,
                    absl::string_view hover) {
  absl::StrAppend(&drawn_, TextAt(X(at.x), Y(at.y), end ? "end" : "start", text, kind, hover),
                  "\n");
}

std::string SvgChart::Grid() const {
  std::string grid;
  for (const double tick : NiceTicks(x_.low, x_.high, 6)) {
    absl::StrAppend(&grid, LineBetween(X(tick), kTop, X(tick), foot(), "grid"),
                    TextAt(X(tick), foot() + kTextHeight + 4, "middle", TickText(tick), "ink"),
                    "\n");
  }
  if (!layout_.has_y_ticks) return grid;
  for (const double tick : NiceTicks(y_.low, y_.high, 6)) {
    absl::StrAppend(
        &grid, LineBetween(layout_.left, Y(tick), right(), Y(tick), "grid"),
        TextAt(layout_.left - 6, Y(tick) + kTextHeight / 3, "end", TickText(tick), "ink"), "\n");
  }
  return grid;
}

std::string SvgChart::Svg() const {
  std::string axes = LineBetween(layout_.left, foot(), right(), foot(), "axis");
  if (layout_.has_y_ticks) {
    absl::StrAppend(&axes, LineBetween(layout_.left, kTop, layout_.left, foot(), "axis"));
  }
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\">\n%s%s%s\n%s</svg>",
      layout_.width, layout_.height, Grid(), drawn_, axes, titles_);
}

}  // namespace pyslow::render
