#include "sweep/statistics/grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sweep/statistics/judge.h"

namespace pyslow::statistics {
namespace {

using WarnKind = model::Warning::Kind;

TEST(GridOfTest, IsTheLargestStep) {
  EXPECT_EQ(GridOf({{0.5, 0}, {0.5, 0}}), 0);
  EXPECT_EQ(GridOf({{0.51, 0.01}, {1.0, 0.04}}), 0.04);
}

// 3.0, 4.0 and so on have no digit after the point.
TEST(GridOfTest, ZerosAtTheEndOfAllReadingsAreNoDigits) {
  EXPECT_DOUBLE_EQ(GridOf({{3.0, 0.1}, {4.0, 0.1}, {4.0, 0.1}, {5.0, 0.1}}), 1);
  EXPECT_DOUBLE_EQ(GridOf({{300, 1}, {400, 1}, {500, 1}, {700, 1}}), 100);
  EXPECT_DOUBLE_EQ(GridOf({{3.0, 0.1}, {4.1, 0.1}, {4.0, 0.1}, {5.0, 0.1}}), 0.1);
  EXPECT_DOUBLE_EQ(GridOf({{3.0, 0.1}, {4.0, 0.1}, {4.0, 0.1}}), 0.1);
  EXPECT_DOUBLE_EQ(GridOf({{3.0, 0.1}, {3.0, 0.1}, {3.0, 0.1}, {3.0, 0.1}}), 0.1);
}

// print(round(x, 2)).
TEST(GridOfTest, RestoresZerosThatAReadingLacks) {
  EXPECT_DOUBLE_EQ(GridOf({{12.34, 0.01}, {12.3, 0.1}, {12.41, 0.01}, {12.45, 0.01}}), 0.01);
  EXPECT_DOUBLE_EQ(GridOf({{12.3, 0.1}, {12.34, 0.01}}), 0.01);
  EXPECT_DOUBLE_EQ(GridOf({{12, 1}, {12.34, 0.01}, {12.3, 0.1}, {0, 0}}), 0.01);
  EXPECT_DOUBLE_EQ(GridOf({{12.3, 0.1}, {12.4, 0.1}}), 0.1);
  const auto rate = [](double value, double step) {
    return PrintedTime{1 / value, step / (value * value)};
  };
  EXPECT_NEAR(GridOf({rate(12.3, 0.1), rate(12.34, 0.01), rate(12.41, 0.01)}), 0.01 / (12.3 * 12.3),
              1e-12);
}

// "%.3g" prints 9.87, 10 and 10.1.
TEST(GridOfTest, ANumberOfAnotherPowerOfTenMayHaveOtherDecimals) {
  EXPECT_DOUBLE_EQ(GridOf({{9.87, 0.01}, {10, 1}, {10.1, 0.1}, {10.4, 0.1}}), 0.1);
}

TEST(WidenToTest, NeverNarrows) {
  model::Estimate estimate = {5, model::Range{4, 6}};
  EXPECT_FALSE(WidenTo(0.5, &estimate));
  EXPECT_EQ(estimate.range->low, 4);
  EXPECT_TRUE(WidenTo(2, &estimate));
  EXPECT_EQ(estimate.range->low, 3);
  EXPECT_EQ(estimate.range->high, 7);
  model::Estimate none = {5, std::nullopt};
  EXPECT_FALSE(WidenTo(2, &none));
}

// A rate that is printed with a step of `step`: every call of 1 per unit counts, or none.
std::vector<Block> Printed(double units_per_second, double step, double dose_seconds,
                           double kappa) {
  std::vector<Block> blocks(4);
  for (Block& block : blocks) {
    for (const int part : {0, 1, 2, 4}) {
      Observation o;
      const double dose = dose_seconds * part / 4;
      const double rate = 1 / (1 / units_per_second + kappa * dose);
      const double shown = step > 0 ? std::round(rate / step) * step : rate;
      o.delay_ns = std::llround(dose * 1e9);
      o.seconds_per_unit = 1 / shown;
      o.step_seconds = step / (shown * shown);
      o.calls_per_unit = 1;
      o.delivered_seconds = dose;
      block.push_back(o);
    }
  }
  return blocks;
}

bool Warns(const model::CurveFinding& finding) {
  return std::any_of(finding.warnings.begin(), finding.warnings.end(),
                     [](const auto& warning) { return warning.kind == WarnKind::kCoarseFigure; });
}

// 4 units/s, whose delays of up to 20 ms add 8%, is always printed as 4.
TEST(JudgeCurveOfPrintedFigures, ARoundedFigureIsNotHidden) {
  const model::CurveFinding finding = JudgeCurve(Printed(4, 1, 0.02, 1), {});
  EXPECT_EQ(finding.reason.kind, model::Reason::Kind::kFigureTooCoarse);
  EXPECT_EQ(finding.verdict(), model::Verdict::kUntested);
  EXPECT_TRUE(Warns(finding));
}

TEST(JudgeCurveOfPrintedFigures, ADoseLargerThanTheStepIsATest) {
  const model::CurveFinding hidden = JudgeCurve(Printed(4, 0.01, 0.25, 0), {});
  EXPECT_EQ(hidden.verdict(), model::Verdict::kNone);
  const model::CurveFinding critical = JudgeCurve(Printed(4, 0.01, 0.25, 1), {});
  EXPECT_EQ(critical.verdict(), model::Verdict::kLinear);
}

TEST(JudgeCurveOfPrintedFigures, NoIntervalIsNarrowerThanTheStep) {
  const model::CurveFinding finding = JudgeCurve(Printed(4, 0.01, 0.25, 0), {});
  const double step = 0.01 / 16;
  const auto width = [](const model::Estimate& estimate) {
    return estimate.range->high - estimate.range->low;
  };
  constexpr double kRounding = 1e-9;
  EXPECT_GE(width(finding.control), step - kRounding);
  EXPECT_GE(width(finding.critical_calls) * 0.25, step - kRounding);
  EXPECT_GE(width(*finding.kappa) * 0.25, step - kRounding);
  for (const model::Level& level : finding.levels) {
    EXPECT_GE(width(level.seconds_per_unit), step - kRounding);
    EXPECT_GE(width(level.throughput), 0.01 - 1e-6);
    if (level.change.has_value()) {
      EXPECT_GE(width(*level.change) * 0.25, step - kRounding);
    }
  }
}

TEST(JudgeCurveOfPrintedFigures, FineDigitsChangeNothing) {
  std::vector<Block> blocks = Printed(4, 0, 0.25, 1);
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (size_t i = 0; i < blocks[b].size(); ++i) {
      blocks[b][i].seconds_per_unit += 1e-3 * static_cast<double>((3 * b + 2 * i) % 5);
    }
  }
  const model::CurveFinding before = JudgeCurve(blocks, {});
  for (Block& block : blocks) {
    for (Observation& o : block) o.step_seconds = 1e-7;
  }
  const model::CurveFinding after = JudgeCurve(blocks, {});
  EXPECT_EQ(after.critical_calls.range->low, before.critical_calls.range->low);
  EXPECT_EQ(after.reason, before.reason);
  EXPECT_FALSE(Warns(after));
}

TEST(JudgeArmsOfPrintedFigures, AnEffectWithinTheStepIsNotFound) {
  std::vector<ArmObservation> trials;
  for (size_t block = 0; block < 6; ++block) {
    trials.push_back({block, std::nullopt, 0.25, 0, std::nullopt, 0, true});
    trials.push_back({block, 0, 0.25, 0.02, std::nullopt, 0, true});
  }
  ArmLimits limits;
  limits.grid_seconds = 0.0625;
  const ArmFinding finding = JudgeArms(trials, 1, limits).front();
  EXPECT_EQ(finding.state, ArmFinding::State::kUndecided);
  EXPECT_TRUE(finding.is_coarse);
  EXPECT_DOUBLE_EQ(finding.effect.range->high, 0.0625);
}

}  // namespace
}  // namespace pyslow::statistics
