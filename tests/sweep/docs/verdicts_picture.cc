#include "docs/verdicts_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "sweep/cli/sweep_settings_json.h"
#include "sweep/render/figures.h"
#include "sweep/render/markup.h"
#include "sweep/render/page_style.h"
#include "sweep/render/svg_chart.h"
#include "sweep/render/words.h"
#include "sweep/steps/sweep.h"
#include "sweep/trials/replaying_runner.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::docs {
namespace {

using model::CurveFinding;
using model::Level;
using render::ChartPoint;

constexpr double kWidth = 420;
constexpr double kChartHeight = 230;
constexpr double kHeight = kChartHeight + 56;  // with two lines of text above
constexpr int kColumns = 2;
constexpr int kSamples = 60;

double Milliseconds(double seconds) { return seconds * 1e3; }
double Microseconds(const Level& level) { return static_cast<double>(level.delay_ns) * 1e-3; }

std::string Label(double y, absl::string_view kind, absl::string_view text) {
  return absl::StrFormat("<text class=\"%s\" x=\"14\" y=\"%.0f\">%s</text>\n", kind, y,
                         render::Escaped(text));
}

// `top`: the end of the vertical axis, in ms.
std::string Chart(const CurveFinding& curve, double top) {
  const double largest = Microseconds(curve.levels.back());
  render::SvgChart::Layout layout;
  layout.width = kWidth;
  layout.height = kChartHeight;
  render::SvgChart chart(layout, {-0.03 * largest, 1.03 * largest}, {0, top});
  chart.Titles("delay per call (\u00b5s)", "time per step (ms)");
  std::vector<ChartPoint> serial;
  std::vector<ChartPoint> fit;
  const double t0 = curve.shape.At(0);
  for (int i = 0; i <= kSamples; ++i) {
    const double delay = largest * i / kSamples;
    const double all = Milliseconds(t0 + curve.calls_per_unit->value * delay * 1e-6);
    if (all <= top) serial.push_back({delay, all});
    fit.push_back({delay, Milliseconds(curve.shape.At(delay * 1e-6))});
  }
  chart.Line(serial, "serial");
  chart.Line(fit, "fit");
  for (const Level& level : curve.levels) {
    const model::Estimate& time = level.seconds_per_unit;
    const model::Range range = time.range.value_or(model::Range{time.value, time.value});
    chart.Point({Microseconds(level), Milliseconds(time.value)},
                {Milliseconds(range.low), Milliseconds(range.high)}, /*along_x=*/false,
                render::SecondsText(time));
  }
  const std::string svg = chart.Svg();
  // With a size, because it is drawn in another picture.
  return absl::StrFormat("<svg width=\"%.0f\" height=\"%.0f\"%s", kWidth, kChartHeight,
                         svg.substr(svg.find(' ')));
}

std::string Panel(const model::Findings& findings, double top) {
  const CurveFinding& curve = findings.global->curve;
  const std::string kappa =
      curve.kappa.has_value() ? absl::StrCat("\u03ba ", render::EstimateText(*curve.kappa)) : "";
  const std::string slack =
      curve.slack_seconds_per_call.has_value()
          ? absl::StrCat("slack ", render::SecondsText(*curve.slack_seconds_per_call))
          : kappa;
  return absl::StrCat(Label(24, "verdict", render::Meaning(curve)), Label(44, "faint", slack),
                      "<g transform=\"translate(0 56)\">\n", Chart(curve, top), "\n</g>\n");
}

}  // namespace

model::Findings FindingsOf(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/trials.jsonl");
  absl::StatusOr<trials::RecordedSweep> recorded = trials::ReadTrialLog(path);
  EXPECT_TRUE(recorded.ok()) << path << ": " << recorded.status();
  if (!recorded.ok()) return {};
  const absl::StatusOr<steps::Settings> settings =
      cli::SettingsFromJson(recorded->sweep.at("settings"));
  EXPECT_TRUE(settings.ok()) << path << ": " << settings.status();
  if (!settings.ok()) return {};
  trials::ReplayingRunner runner(*std::move(recorded), nullptr, nullptr, path);
  steps::NoObserver observer;
  steps::SweepEnd end = steps::RunSweep(*settings, &runner, &observer);
  EXPECT_TRUE(end.status.ok()) << path << ": " << end.status;
  return std::move(end.findings);
}

std::string VerdictsPicture(const std::vector<model::Findings>& curves) {
  double top = 0;
  for (const model::Findings& findings : curves) {
    for (const Level& level : findings.global->curve.levels) {
      top = std::max(top, 1.08 * Milliseconds(level.seconds_per_unit.value));
    }
  }
  std::string panels;
  for (size_t i = 0; i < curves.size(); ++i) {
    absl::StrAppendFormat(&panels, "<g transform=\"translate(%.0f %.0f)\">\n%s</g>\n",
                          kWidth * static_cast<double>(i % kColumns),
                          kHeight * static_cast<double>(i / kColumns), Panel(curves[i], top));
  }
  const double rows = static_cast<double>((curves.size() + kColumns - 1) / kColumns);
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\">\n<style>%s"
      "svg rect { fill: var(--paper); } svg text { fill: var(--ink); }\n"
      "svg text.verdict { font-weight: 600; font-size: 15px; } svg text.faint { fill: "
      "var(--faint); }\n"
      "svg path.serial { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 2 4; }\n"
      "</style>\n<rect width=\"100%%\" height=\"100%%\"/>\n%s</svg>\n",
      kWidth * kColumns, kHeight * rows, render::kPlotStyle, panels);
}

}  // namespace pyslow::docs
