#include "sweep/render/plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "base/width.h"
#include "sweep/render/figures.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::CurveFinding;
using model::Estimate;
using model::Level;
using model::Prediction;
using model::Result;
using model::Shape;

// Placeholder colours, which WithPageColors replaces.
constexpr absl::string_view kGrid = "rgb '#000101'";
constexpr absl::string_view kData = "rgb '#000102'";
constexpr absl::string_view kFit = "rgb '#000103'";
constexpr absl::string_view kGain = "rgb '#000104'";
constexpr absl::string_view kKnee = "rgb '#000105'";

constexpr int kWidth = 440;
constexpr int kHeight = 290;
constexpr int kSamples = 60;
constexpr size_t kLabelColumns = 56;

std::string Terminal(int height) {
  return absl::StrCat("set encoding utf8\nset terminal svg size ", kWidth, ",", height,
                      " dynamic noenhanced font 'sans-serif,13' linewidth 1.3\n"
                      "set border 3\nset tics nomirror scale 0.5\nset key off\n"
                      "set grid lc ",
                      kGrid, " lt 1 lw 0.6\n");
}

// In gnuplot's single quotes only the quote is special; it is doubled.
std::string Quoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(Printable(text), {{"'", "''"}}), "'");
}

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

// A curve in the units of its axes.
class Axes {
 public:
  Axes(const CurveFinding& curve, Quantity quantity)
      : x_(ScaleFor(Seconds(curve.levels.back()))),
        y_(quantity == Quantity::kTime ? ScaleFor(curve.control.value) : Scale{1, ""}),
        quantity_(quantity) {}
  // "x y\n", or if there is no such point an empty line, which interrupts a drawn line.
  std::string Point(double delay_seconds, double time_seconds) const {
    if (!(time_seconds > 0)) return "\n";
    return absl::StrFormat("%.9g %.9g\n", X(delay_seconds), Y(time_seconds));
  }
  double X(double delay_seconds) const { return delay_seconds * x_.factor; }
  double Y(double time_seconds) const {
    return quantity_ == Quantity::kTime ? time_seconds * y_.factor : 1 / time_seconds;
  }
  double YFactor() const { return y_.factor; }
  std::string Labels(absl::string_view unit) const {
    const std::string y = quantity_ == Quantity::kTime
                              ? absl::StrCat("time per ", unit, " (", y_.unit, ")")
                              : absl::StrCat(unit, "s per second");
    return absl::StrCat("set xlabel ", Quoted(absl::StrCat("delay per call (", x_.unit, ")")),
                        "\nset ylabel ", Quoted(y), "\n");
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

std::string PointsData(const CurveFinding& curve, Quantity quantity, const Axes& axes) {
  std::string data = "$points << END\n";
  for (const Level& level : curve.levels) {
    const bool is_time = quantity == Quantity::kTime;
    const Estimate& y = is_time ? level.seconds_per_unit : level.throughput;
    if (!std::isfinite(y.value)) continue;
    const double factor = is_time ? axes.YFactor() : 1;
    const model::Range range = y.range.value_or(model::Range{y.value, y.value});
    absl::StrAppendFormat(&data, "%.9g %.9g %.9g %.9g\n", axes.X(Seconds(level)), y.value * factor,
                          range.low * factor, range.high * factor);
  }
  return data + "END\n";
}

std::string FitData(const CurveFinding& curve, const Axes& axes) {
  std::string data = "$fit << END\n";
  const double largest = Seconds(curve.levels.back());
  std::vector<double> delays;
  for (int i = 0; i <= kSamples; ++i) delays.push_back(largest * i / kSamples);
  if (curve.shape.knee > 0) delays.push_back(curve.shape.knee);
  std::sort(delays.begin(), delays.end());
  for (const double delay : delays)
    absl::StrAppend(&data, axes.Point(delay, curve.shape.At(delay)));
  return data + "END\n";
}

// The line to negative delays with the band of its slope's interval: x, line, ends.
std::string GainData(const CurveFinding& curve, const Axes& axes, double beyond) {
  std::string data = "$gain << END\n";
  const double slope = curve.shape.slope;
  const bool is_line = curve.shape.kind == Shape::Kind::kLine;
  const model::Range range = is_line && curve.critical_calls.range.has_value()
                                 ? *curve.critical_calls.range
                                 : model::Range{slope, slope};
  const double at_control = curve.shape.At(0);
  for (int i = 0; i <= kSamples; ++i) {
    const double faster = beyond * i / kSamples;
    const std::array<double, 3> times = {at_control - slope * faster,
                                         at_control - range.low * faster,
                                         at_control - range.high * faster};
    if (*std::min_element(times.begin(), times.end()) <= 0.1 * at_control) break;
    absl::StrAppendFormat(&data, "%.9g %.9g %.9g %.9g\n", axes.X(-faster), axes.Y(times[0]),
                          axes.Y(times[1]), axes.Y(times[2]));
  }
  return data + "END\n";
}

std::string KneeCommands(const CurveFinding& curve, const Axes& axes) {
  if (curve.verdict() != model::Verdict::kThreshold || !(curve.shape.knee > 0)) return "";
  const double x = axes.X(curve.shape.knee);
  return absl::StrFormat(
      "set arrow from %.9g,graph 0 to %.9g,graph 1 nohead dt 2 lc %s\n"
      "set label 'slack ends ' at %.9g,graph 0.96 right textcolor %s\n",
      x, x, kKnee, x, kKnee);
}

const Estimate* BarOf(const Result& result, bool kappa, Estimate* scratch) {
  if (kappa) return result.curve.kappa.has_value() ? &*result.curve.kappa : nullptr;
  if (!result.curve.change_at_largest_dose.has_value()) return nullptr;
  *scratch = model::Negated(*result.curve.change_at_largest_dose);
  return scratch;
}

}  // namespace

std::string CurvePlot(const CurveFinding& curve, Quantity quantity, absl::string_view unit) {
  const Axes axes(curve, quantity);
  const double beyond = Beyond(curve);
  const double largest = Seconds(curve.levels.back());
  std::string script =
      absl::StrCat(Terminal(kHeight), axes.Labels(unit), PointsData(curve, quantity, axes),
                   FitData(curve, axes), KneeCommands(curve, axes));
  absl::StrAppendFormat(&script, "set xrange [%.9g:%.9g]\nset offsets 0,0,graph 0.08,graph 0.08\n",
                        axes.X(-std::max(beyond, 0.03 * largest)) * 1.02, axes.X(largest) * 1.03);
  std::string plots;
  if (beyond > 0) {
    absl::StrAppend(&script, GainData(curve, axes, beyond),
                    "set arrow from 0,graph 0 to 0,graph 1 nohead lw 0.6 lc ", kGrid,
                    "\nset label 'faster ' at 0,graph 0.06 right textcolor ", kGain, "\n");
    absl::StrAppend(
        &plots, "$gain using 1:3:4 with filledcurves fc ", kGain,
        " fs transparent solid 0.25 noborder, $gain using 1:2 with lines dt 2 lw 1.5 lc ", kGain,
        ", ");
  }
  absl::StrAppend(&plots, "$fit with lines lw 1.5 lc ", kFit,
                  ", $points using 1:2:3:4 with yerrorbars pt 7 ps 0.6 lc ", kData);
  return absl::StrCat(script, "plot ", plots, "\n");
}

std::optional<RankingChart> RankingPlot(const std::vector<Result>& ranked) {
  const size_t count = std::min(ranked.size(), kMaxBars);
  const bool kappa = std::all_of(
      ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), [](const Result& r) {
        return r.curve.kappa.has_value() || r.curve.verdict() == model::Verdict::kUntested;
      });
  const double factor = kappa ? 1 : 100;
  const std::string what = kappa ? "critical fraction: the share of a delay that reaches the clock"
                                 : "throughput lost at the largest dose (%)";
  std::string bars = "$bars << END\n";
  std::string labels;
  size_t drawn = 0;
  for (size_t i = 0; i < count; ++i) {
    Estimate scratch;
    const Estimate* bar = BarOf(ranked[i], kappa, &scratch);
    if (bar != nullptr && std::isfinite(bar->value)) {
      const model::Range range = bar->range.value_or(model::Range{bar->value, bar->value});
      absl::StrAppendFormat(&bars, "%.9g %d %.9g %.9g\n", bar->value * factor, i + 1,
                            range.low * factor, range.high * factor);
      ++drawn;
    }
    absl::StrAppendFormat(&labels, "set label %s at graph 0,first %g left offset 0.3,0\n",
                          Quoted(Elided(NameText(ranked[i]), kLabelColumns)),
                          static_cast<double>(i) + 0.62);
  }
  if (drawn == 0) return std::nullopt;
  std::string script = absl::StrCat(
      Terminal(70 + 38 * static_cast<int>(count)), bars, "END\n", labels,
      "unset ytics\nset border 1\nset xlabel ", Quoted(what), "\nset yrange [",
      static_cast<double>(count) + 0.5, ":0.3]\nset xzeroaxis\n",
      "set xrange [*<0:1<*]\nset boxwidth 0.28\n",
      "plot $bars using (0):2:(0):1:($2-0.14):($2+0.14) with boxxyerror fs solid 0.35 noborder fc ",
      kFit, ", $bars using 1:2:3:4 with xerrorbars pt 7 ps 0.6 lc ", kData, "\n");
  return RankingChart{std::move(script), what};
}

std::string WithPageColors(absl::string_view svg) {
  // gnuplot writes the colours of lines and of texts differently.
  return absl::StrReplaceAll(svg, {{"rgb(  0,   1,   1)", "var(--plot-grid)"},
                                   {"rgb(  0,   1,   2)", "var(--plot-data)"},
                                   {"rgb(  0,   1,   3)", "var(--plot-fit)"},
                                   {"rgb(  0,   1,   4)", "var(--plot-gain)"},
                                   {"rgb(  0,   1,   5)", "var(--plot-knee)"},
                                   {"rgb(0,1,4)", "var(--plot-gain)"},
                                   {"rgb(0,1,5)", "var(--plot-knee)"},
                                   {"\"black\"", "\"var(--plot-ink)\""},
                                   {"'black'", "'var(--plot-ink)'"},
                                   {"\"white\"", "\"var(--plot-paper)\""},
                                   {"'white'", "'var(--plot-paper)'"}});
}

}  // namespace pyslow::render
