#include "sweep/render/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/width.h"
#include "sweep/render/figures.h"
#include "sweep/render/svg_chart.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::CurveFinding;
using model::Estimate;
using model::Level;
using model::Prediction;
using model::Range;
using model::Result;
using model::Shape;

constexpr int kSamples = 60;
constexpr size_t kLabelColumns = 52;

struct Scale {
  double factor;
  absl::string_view unit;
};
Scale ScaleFor(double seconds) {
  static constexpr std::array<Scale, 4> kScales = {
      {{1, "s"}, {1e3, "ms"}, {1e6, "\u00b5s"}, {1e9, "ns"}}};
  return *std::find_if(kScales.begin(), kScales.end() - 1,
                       [&](const Scale& scale) { return seconds * scale.factor >= 1; });
}

double Seconds(const Level& level) { return static_cast<double>(level.delay_ns) * 1e-9; }

// The range of all values that were added.
class Extent {
 public:
  void Add(double value) {
    if (!std::isfinite(value)) return;
    range_.low = std::min(range_.low, value);
    range_.high = std::max(range_.high, value);
  }
  void Add(const Range& range) {
    Add(range.low);
    Add(range.high);
  }
  // With some space at both ends; never empty.
  Range Wider(double share) const {
    if (!(range_.low <= range_.high)) return {0, 1};
    const double size = range_.high - range_.low;
    const double space = size > 0 ? share * size : std::max(std::abs(range_.high), 1e-9) / 2;
    return {range_.low - space, range_.high + space};
  }

 private:
  Range range_ = {std::numeric_limits<double>::infinity(),
                  -std::numeric_limits<double>::infinity()};
};

// A curve in the units of its axes.
class Axes {
 public:
  Axes(const CurveFinding& curve, Quantity quantity)
      : x_(ScaleFor(Seconds(curve.levels.back()))),
        y_(quantity == Quantity::kTime ? ScaleFor(curve.control.value) : Scale{1, ""}),
        quantity_(quantity) {}
  // A time that is not above 0 has no throughput: NaN.
  ChartPoint At(double delay_seconds, double time_seconds) const {
    return {X(delay_seconds), Y(time_seconds)};
  }
  double X(double delay_seconds) const { return delay_seconds * x_.factor; }
  double Y(double time_seconds) const {
    if (!(time_seconds > 0)) return std::numeric_limits<double>::quiet_NaN();
    return quantity_ == Quantity::kTime ? time_seconds * y_.factor : 1 / time_seconds;
  }
  double YFactor() const { return quantity_ == Quantity::kTime ? y_.factor : 1; }
  std::string XTitle() const { return absl::StrCat("delay per call (", x_.unit, ")"); }
  std::string YTitle(absl::string_view unit) const {
    return quantity_ == Quantity::kTime ? absl::StrCat("time per ", unit, " (", y_.unit, ")")
                                        : absl::StrCat(unit, "s per second");
  }

 private:
  Scale x_;
  Scale y_;
  Quantity quantity_;
};

// How far the line continues to negative delays, in seconds: as far as the predictions, and far
// enough to be visible, but at most until half of the unit's time is saved. 0: not at all.
double Beyond(const CurveFinding& curve) {
  double beyond = 0;
  for (const Prediction& p : curve.predictions) {
    if (p.gain.has_value() && p.share_gone == 0) {
      beyond = std::max(beyond, static_cast<double>(p.faster_ns) * 1e-9);
    }
  }
  if (beyond == 0 || curve.shape.slope <= 0) return 0;
  constexpr double kSeen = 0.2;
  const double seen = std::max(beyond, kSeen * Seconds(curve.levels.back()));
  return std::min(seen, 0.5 * curve.control.value / curve.shape.slope);
}

const Estimate& Of(const Level& level, Quantity quantity) {
  return quantity == Quantity::kTime ? level.seconds_per_unit : level.throughput;
}

// The interval of a point, in seconds or units per second; the point without one.
Range IntervalOf(const Estimate& estimate) {
  return estimate.range.value_or(Range{estimate.value, estimate.value});
}

Range Scaled(const Range& range, double factor) {
  return {range.low * factor, range.high * factor};
}

std::vector<ChartPoint> FitLine(const CurveFinding& curve, const Axes& axes) {
  const double largest = Seconds(curve.levels.back());
  std::vector<double> delays;
  for (int i = 0; i <= kSamples; ++i) delays.push_back(largest * i / kSamples);
  if (curve.shape.knee > 0 && curve.shape.knee < largest) delays.push_back(curve.shape.knee);
  std::sort(delays.begin(), delays.end());
  std::vector<ChartPoint> points;
  for (const double delay : delays) points.push_back(axes.At(delay, curve.shape.At(delay)));
  return points;
}

// The line to negative delays, and the outline of the band of its slope's interval.
struct Faster {
  std::vector<ChartPoint> line;
  std::vector<ChartPoint> band;
};
Faster FasterLine(const CurveFinding& curve, const Axes& axes, double beyond) {
  Faster faster;
  const double slope = curve.shape.slope;
  const bool is_line = curve.shape.kind == Shape::Kind::kLine;
  const Range range = is_line && curve.critical_calls.range.has_value()
                          ? *curve.critical_calls.range
                          : Range{slope, slope};
  const double at_control = curve.shape.At(0);
  std::vector<ChartPoint> upper;
  for (int i = 0; i <= kSamples; ++i) {
    const double delay = -beyond * i / kSamples;
    if (at_control + std::max(slope, range.high) * delay <= 0.1 * at_control) break;
    faster.line.push_back(axes.At(delay, at_control + slope * delay));
    faster.band.push_back(axes.At(delay, at_control + range.low * delay));
    upper.push_back(axes.At(delay, at_control + range.high * delay));
  }
  faster.band.insert(faster.band.end(), upper.rbegin(), upper.rend());
  return faster;
}

std::string Hover(const Level& level, absl::string_view unit) {
  return absl::StrCat(level.delay_ns == 0 ? "no delay" : DelayText(level.delay_ns), ": ",
                      SecondsText(level.seconds_per_unit), " per ", unit, ", ",
                      EstimateText(level.throughput), " ", unit, "s/s",
                      level.change.has_value()
                          ? absl::StrCat(", ", PercentText(*level.change, /*signed_change=*/true))
                          : "");
}

void DrawKnee(const CurveFinding& curve, const Axes& axes, double y, SvgChart* chart) {
  if (curve.verdict() != model::Verdict::kThreshold || !(curve.shape.knee > 0)) return;
  const double x = axes.X(curve.shape.knee);
  chart->VerticalLine(x, "knee");
  chart->Text({x, y}, "slack ends \u00a0", true, "knee");
}

const Estimate* BarOf(const Result& result, bool kappa, Estimate* scratch) {
  if (kappa) return result.curve.kappa.has_value() ? &*result.curve.kappa : nullptr;
  if (!result.curve.change_at_largest_dose.has_value()) return nullptr;
  *scratch = model::Negated(*result.curve.change_at_largest_dose);
  return scratch;
}

struct Bar {
  std::string name;
  double value;
  Range interval;
};

// `y`: 1 for the first bar. The name is above it.
void DrawBar(const Bar& bar, double y, SvgChart* chart) {
  constexpr double kHalf = 0.14;
  constexpr double kAbove = 0.22;
  chart->Text({0, y - kAbove}, absl::StrCat("\u00a0", Elided(bar.name, kLabelColumns)), false,
              "ink", bar.name);
  chart->Area({{0, y - kHalf}, {bar.value, y - kHalf}, {bar.value, y + kHalf}, {0, y + kHalf}},
              "fit");
  chart->Point({bar.value, y}, bar.interval, true,
               absl::StrCat(bar.name, ": ", EstimateText({bar.value, bar.interval})));
}

}  // namespace

std::string CurvePlot(const CurveFinding& curve, Quantity quantity, absl::string_view unit) {
  const Axes axes(curve, quantity);
  const double beyond = Beyond(curve);
  const double largest = Seconds(curve.levels.back());
  const std::vector<ChartPoint> fit = FitLine(curve, axes);
  const Faster faster = beyond > 0 ? FasterLine(curve, axes, beyond) : Faster();
  Extent extent;
  for (const auto* points : {&fit, &faster.line, &faster.band}) {
    for (const ChartPoint& point : *points) extent.Add(point.y);
  }
  for (const Level& level : curve.levels) {
    extent.Add(Scaled(IntervalOf(Of(level, quantity)), axes.YFactor()));
  }
  const Range y = extent.Wider(0.08);
  SvgChart chart({}, {axes.X(-std::max(beyond, 0.03 * largest)) * 1.02, axes.X(largest) * 1.03}, y);
  chart.Titles(axes.XTitle(), axes.YTitle(unit));
  if (!faster.line.empty()) {
    chart.VerticalLine(0, "grid");
    chart.Text({0, y.low + 0.03 * (y.high - y.low)}, "faster \u00a0", true, "gain");
    chart.Area(faster.band, "gain");
    chart.Line(faster.line, "gain");
  }
  DrawKnee(curve, axes, y.high - 0.06 * (y.high - y.low), &chart);
  chart.Line(fit, "fit");
  for (const Level& level : curve.levels) {
    const Estimate& value = Of(level, quantity);
    chart.Point({axes.X(Seconds(level)), value.value * axes.YFactor()},
                Scaled(IntervalOf(value), axes.YFactor()), false, Hover(level, unit));
  }
  return chart.Svg();
}

std::optional<RankingChart> RankingPlot(const std::vector<Result>& ranked) {
  constexpr double kRowHeight = 38;
  const size_t count = std::min(ranked.size(), kMaxBars);
  const bool kappa = std::all_of(
      ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), [](const Result& r) {
        return r.curve.kappa.has_value() || r.curve.verdict() == model::Verdict::kUntested;
      });
  const double factor = kappa ? 1 : 100;
  Extent extent;
  extent.Add(Range{0, 1});
  std::vector<Bar> bars;
  for (size_t i = 0; i < count; ++i) {
    Estimate scratch;
    const Estimate* value = BarOf(ranked[i], kappa, &scratch);
    if (value == nullptr || !std::isfinite(value->value)) continue;
    bars.push_back(
        {NameText(ranked[i]), value->value * factor, Scaled(IntervalOf(*value), factor)});
    extent.Add(bars.back().value);
    extent.Add(bars.back().interval);
  }
  if (bars.empty()) return std::nullopt;
  SvgChart::Layout layout;
  layout.height = 70 + kRowHeight * static_cast<double>(bars.size());
  layout.left = 10;
  layout.has_y_ticks = false;
  // The first of the ranking at the top.
  SvgChart chart(layout, extent.Wider(0.03), {static_cast<double>(bars.size()) + 0.5, 0.3});
  RankingChart ranking;
  ranking.what = kappa ? "critical fraction: the share of a delay that reaches the clock"
                       : "throughput lost at the largest dose (%)";
  chart.Titles(ranking.what, "");
  if (ranked.size() > count) {
    absl::StrAppend(&ranking.what, "; the first ", count, " of ", ranked.size());
  }
  chart.VerticalLine(0, "axis");
  for (size_t i = 0; i < bars.size(); ++i) DrawBar(bars[i], static_cast<double>(i) + 1, &chart);
  ranking.svg = chart.Svg();
  return ranking;
}

}  // namespace pyslow::render
