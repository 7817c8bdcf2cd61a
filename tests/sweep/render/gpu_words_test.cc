#include "sweep/render/gpu_words.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "render_testing.h"
#include "sweep/render/analysis_json.h"
#include "sweep/render/html_report.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/terminal_report.h"

namespace pyslow::render {
namespace {

using model::GpuFinding;

// A GPU that works for 0.8 ms of a step of 1 ms.
model::Findings SweepWithGpu() {
  model::Findings findings = WholeSweep();
  model::CurveFinding& curve = findings.global->curve;
  GpuFinding& gpu = curve.gpu.emplace();
  gpu.busy = Between(0.79, 0.8, 0.81);
  gpu.seconds_per_unit = Between(0.79e-3, 0.8e-3, 0.81e-3);
  gpu.idle_seconds_per_unit = Between(0.19e-3, 0.2e-3, 0.21e-3);
  gpu.change = Between(-0.01, 0.001, 0.01);
  gpu.trend = GpuFinding::Trend::kFlat;
  gpu.gain_limit = Between(1.2, 1.25, 1.3);
  for (model::Level& level : curve.levels) {
    level.gpu_busy = gpu.busy;
    level.gpu_seconds_per_unit = gpu.seconds_per_unit;
  }
  curve.predictions.back().limited_by_gpu = true;
  return findings;
}

TEST(GpuWords, AreInTheTableAndTheFit) {
  const model::Findings findings = SweepWithGpu();
  const std::string text = FormatCurve(findings, *findings.global, {});
  EXPECT_TRUE(Has(text, "GPU busy     GPU time/step  change of throughput\n")) << text;
  EXPECT_TRUE(Has(text, "80.0% [79.0, 81.0]  800us [790, 810]  control\n")) << text;
  EXPECT_TRUE(Has(text, "GPU    800us [790, 810]  GPU time of a step, flat over the delays (+0.1%"))
      << text;
  EXPECT_TRUE(Has(text, "; for 200us [190, 210] of a step the GPU idles\n")) << text;
  EXPECT_TRUE(Has(FormatOpportunity(findings, {}), "; limited by the GPU's time"));
}

TEST(GpuWords, AreInThePage) {
  const std::string page = HtmlReport(SweepWithGpu());
  EXPECT_TRUE(Has(page, "<th scope=\"col\">GPU busy</th><th scope=\"col\">GPU time per step</th>"));
  EXPECT_TRUE(Has(page, "flat over the delays"));
  EXPECT_TRUE(Has(page, "expected, up to: limited by the GPU&#39;s time") ||
              Has(page, "expected, up to: limited by the GPU's time"));
}

TEST(GpuWords, AreInTheAnalysis) {
  const auto json = nlohmann::json::parse(AnalysisJson(SweepWithGpu()));
  const auto& global = json["global"];
  EXPECT_EQ(global["gpu"]["busy"][0], 0.8);
  EXPECT_EQ(global["gpu"]["trend"], "flat");
  EXPECT_EQ(global["gpu"]["gain_limit"][0], 1.25);
  EXPECT_EQ(global["points"][0]["gpu_busy"][0], 0.8);
  EXPECT_EQ(global["points"][2]["gpu_seconds_per_unit"][0], 0.8e-3);
  EXPECT_FALSE(global["predictions"].front().contains("limited_by"));
  EXPECT_EQ(global["predictions"].back()["limited_by"], "gpu");
}

// "No GPU: nothing is printed."
TEST(GpuWords, AreNowhereWithoutAGpu) {
  const model::Findings findings = WholeSweep();
  EXPECT_FALSE(Has(FormatFindings(findings, {}), "GPU"));
  EXPECT_FALSE(Has(HtmlReport(findings), "GPU"));
  EXPECT_FALSE(Has(AnalysisJson(findings), "gpu"));
}

TEST(GpuWords, SayThatAGpuTimeIsNoLimit) {
  GpuFinding gpu = *SweepWithGpu().global->curve.gpu;
  gpu.trend = GpuFinding::Trend::kGrows;
  EXPECT_TRUE(Has(GpuMeaning(gpu, "step"), "grows with the delay (+0.1% [-1.0, 1.0]): it is no"))
      << GpuMeaning(gpu, "step");
  gpu.seconds_per_unit.reset();
  EXPECT_EQ(GpuFigure(gpu), "80.0% [79.0, 81.0]");
  EXPECT_EQ(GpuMeaning(gpu, "step"),
            "busy share of the GPU in a trial; its time per step is unknown");
}

TEST(GpuWords, NameTheLimitOfPredictions) {
  model::Warning warning = WarningOf(model::Warning::Kind::kGpuLimits);
  warning.count = 1;
  warning.share = 0.8;
  warning.ratio = 0.25;
  warning.low = 0.2;
  warning.high = 0.3;
  EXPECT_EQ(WarningSentence(warning, "step"),
            "The GPU works for 80% of a step, and as long whatever the delay: faster Python gains "
            "at most 25.0% [20.0, 30.0]. One prediction was limited to that.");
  warning.count = 2;
  EXPECT_TRUE(Has(WarningSentence(warning, "step"), " 2 predictions were limited to that."));
}

TEST(GpuWords, NameWhatDisturbedTheGpu) {
  model::Warning warning = WarningOf(model::Warning::Kind::kGpuThrottled);
  warning.count = 2;
  warning.total = 9;
  warning.text = "heat, power limit";
  EXPECT_TRUE(
      Has(WarningSentence(warning, "run"),
          "Disturbed: in 2 of 9 trials a GPU lowered its clock (heat, power limit). Trials"));
  warning.low = 1500;
  warning.high = 1980;
  EXPECT_TRUE(Has(WarningSentence(warning, "run"), "was 1500 to 1980 MHz. Trials"));
  warning.kind = model::Warning::Kind::kGpuShared;
  EXPECT_TRUE(
      Has(WarningSentence(warning, "run"), "In 2 of 9 trials, other programs used the GPU"));
}

}  // namespace
}  // namespace pyslow::render
