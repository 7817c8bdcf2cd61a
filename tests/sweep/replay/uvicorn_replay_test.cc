// A web server: FastAPI on uvicorn with h11 and asyncio, under 8 connections of wrk. One process
// serves all requests, so every call counts.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "recorded_trials.h"
#include "sweep/statistics/arms.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/judge.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

using model::CurveFinding;
using model::Verdict;

constexpr size_t kPilotBlocks = 2;
constexpr size_t kGlobalBlocks = 7;

class UvicornReplay : public ::testing::Test {
 protected:
  CurveFinding Judged(const std::vector<statistics::Block>& blocks, double confidence) const {
    statistics::JudgeOptions options;
    options.confidence = confidence;
    return statistics::JudgeCurve(blocks, options);
  }

  const RecordedTrials trials_{"uvicorn"};
  const Settings known_ = RecordedTrials::UnitsKnown();
};

TEST_F(UvicornReplay, IsLinearAfterTheEightTrialsOfThePilot) {
  const auto first = RecordedTrials::Attempts::kFirst;
  for (const Settings& settings : {Settings(), known_}) {
    const CurveFinding finding =
        Judged(trials_.Curve("pilot", kPilotBlocks, settings, first), statistics::kLookConfidence);
    EXPECT_EQ(finding.trials, 8U);
    EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  }
}

TEST_F(UvicornReplay, SixtyTrialsGiveTheCriticalCalls) {
  const CurveFinding finding = Judged(trials_.Curve("global", kGlobalBlocks, Settings()), 0.95);
  EXPECT_EQ(finding.trials, 60U);
  EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  // 429 ± 53 over the requested delays, which were exceeded by 2%.
  EXPECT_NEAR(finding.critical_calls.value, 420, 1);
  EXPECT_NEAR(finding.critical_calls.range->high, 420 + 52, 3);
  EXPECT_NEAR(finding.critical_calls.range->low, 420 - 52, 3);
}

TEST_F(UvicornReplay, SixtyTrialsGiveKappa) {
  const CurveFinding finding = Judged(trials_.Curve("global", kGlobalBlocks, known_), 0.95);
  EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  ASSERT_TRUE(finding.kappa.has_value());
  EXPECT_NEAR(finding.kappa->value, 1.07, 0.01);
  EXPECT_NEAR(finding.kappa->range->high, 1.07 + 0.14, 0.02);
  EXPECT_NEAR(finding.kappa->range->low, 1.07 - 0.14, 0.02);
}

TEST_F(UvicornReplay, IsLinearFromTheFirstVerdictOn) {
  size_t first = 0;
  for (size_t blocks = 1; blocks <= kGlobalBlocks; ++blocks) {
    const Verdict verdict =
        Judged(trials_.Curve("global", blocks, known_), statistics::kLookConfidence).verdict();
    if (first == 0 && verdict != Verdict::kInconclusive) first = blocks;
    EXPECT_EQ(verdict, first == 0 ? Verdict::kInconclusive : Verdict::kLinear) << blocks;
  }
  RecordProperty("first_verdict_after_blocks", static_cast<int>(first));
  EXPECT_LE(first, 3U);
}

TEST_F(UvicornReplay, OwnTimesAreThoseOfTheLog) {
  std::map<std::string, double> own_us;
  double sum = 0;
  std::vector<CalledFunction> counted = trials_.Functions();
  for (const Subject& package : PackagesOf(100, trials_.CountedUnits(), &counted).subjects) {
    own_us[package.name] = OwnSecondsOf(package.own_seconds_per_unit) * 1e6;
    sum += own_us[package.name];
  }
  // The means of all trials are 151, 114, 57, 56, 52 and 46 us. One of the trials was slow.
  EXPECT_NEAR(own_us["h11"], 143, 1);
  EXPECT_NEAR(own_us["asyncio"], 114, 1);
  EXPECT_NEAR(own_us["starlette"], 54, 1);
  EXPECT_NEAR(own_us["fastapi"], 53, 1);
  EXPECT_NEAR(own_us["json"], 49, 1);
  EXPECT_NEAR(own_us["uvicorn"], 44, 1);
  // More than T0 without it, 443 us: the trials that measure own time take 607 us.
  EXPECT_NEAR(sum, 491, 1);
}

// R19, by the upper ends. The own time of all functions, 491 us, is more than T0, with 394 calls.
TEST_F(UvicornReplay, TheSweepLeavesOutMostFunctions) {
  std::vector<CalledFunction> counted = trials_.Functions();
  const Baseline baseline = BaselineOf(trials_.ControlOf("global"), Settings());
  const double units = trials_.CountedUnits();
  Subjects functions = FunctionsOf(counted, counted, units);
  Subjects packages = PackagesOf(100, units, &counted);
  EXPECT_EQ(functions.subjects.size(), 263U);
  for (Subjects* subjects : {&functions, &packages}) {
    SetOwnTrials(491e-6, 394, subjects);
  }
  std::vector<model::Result> left_out;
  EXPECT_EQ(Eligible(Settings(), baseline, functions.subjects, &left_out).size(), 23U);
  EXPECT_EQ(left_out.size(), 263U - 23U);
  EXPECT_EQ(Eligible(Settings(), baseline, packages.subjects, &left_out).size(), 8U);
}

}  // namespace
}  // namespace pyslow::steps
