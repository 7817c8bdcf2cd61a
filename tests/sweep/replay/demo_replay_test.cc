// The demo: Python starts work on a device, which hides a slack of half of T0.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "recorded_trials.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/judge.h"

namespace pyslow::steps {
namespace {

using model::CurveFinding;
using model::Verdict;

class DemoReplay : public ::testing::Test {
 protected:
  static constexpr size_t kBlocks = 5;
  CurveFinding Judged(size_t blocks) const {
    statistics::JudgeOptions options;
    options.confidence = statistics::kLookConfidence;
    return statistics::JudgeCurve(trials_.Curve("global", blocks, RecordedTrials::UnitsKnown()),
                                  options);
  }
  const RecordedTrials trials_{"demo"};
};

TEST_F(DemoReplay, IsAThresholdAfterFiveBlocks) {
  const CurveFinding finding = Judged(kBlocks);
  EXPECT_EQ(finding.verdict(), Verdict::kThreshold);
  EXPECT_NEAR(finding.control.value, 1.249e-3, 0.01e-3);
  EXPECT_NEAR(finding.slack_seconds_per_unit->value, 0.71e-3, 0.02e-3);
  EXPECT_NEAR(finding.kappa_after_slack->value, 1, 0.05);
}

TEST_F(DemoReplay, IsOnTheCriticalPathFromTheFirstBlockOn) {
  for (size_t blocks = 1; blocks <= kBlocks; ++blocks) {
    const CurveFinding finding = Judged(blocks);
    EXPECT_GT(finding.critical_calls.range->low, 0) << blocks;
    EXPECT_NE(finding.verdict(), Verdict::kLinear) << blocks;
    EXPECT_NE(finding.verdict(), Verdict::kNone) << blocks;
  }
}

// Disturbed trials are as long as others.
TEST_F(DemoReplay, TheControlsAreAlikeBesideOtherWork) {
  const std::vector<double> times =
      statistics::TimesAt(trials_.Curve("global", kBlocks, Settings()), 0);
  ASSERT_EQ(times.size(), 8U);
  EXPECT_LE(*std::max_element(times.begin(), times.end()),
            1.08 * *std::min_element(times.begin(), times.end()));
}

}  // namespace
}  // namespace pyslow::steps
