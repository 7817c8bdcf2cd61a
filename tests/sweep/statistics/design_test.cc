#include "sweep/statistics/design.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulated_curve.h"

namespace pyslow::statistics {

using model::Range;
namespace {

using ::testing::ElementsAre;

Pilot PilotWith(double calls, double noise = 0.02) {
  Pilot pilot;
  pilot.control_seconds = 0.010;
  pilot.noise = noise;
  pilot.calls_per_unit = calls;
  return pilot;
}

TEST(DesignCurve, AimsAtADoseOfAllOfTheTime) {
  const CurveDesign design = DesignCurve(PilotWith(100), 4);
  EXPECT_THAT(design.delays_ns, ElementsAre(0, 10'000, 25'000, 50'000, 75'000, 100'000));
  EXPECT_EQ(design.blocks, 8U);
  EXPECT_FALSE(design.too_few_calls);
}

TEST(DesignCurve, HasMoreBlocksForMoreNoise) {
  EXPECT_EQ(DesignCurve(PilotWith(100, 0.1), 4).blocks, 40U);
  EXPECT_EQ(DesignCurve(PilotWith(100, 5), 4).blocks, 96U);
}

TEST(DesignCurve, StaysWithinMaxSlowdown) {
  const CurveDesign design = DesignCurve(PilotWith(100), 1.5);
  EXPECT_EQ(design.delays_ns.back(), 50'000);
  Pilot amplified = PilotWith(100);
  amplified.critical_calls = 600;
  EXPECT_EQ(DesignCurve(amplified, 4).delays_ns.back(), 50'000);
}

TEST(DesignCurve, ReportsTooFewCallsIfOneMillisecondPerCallIsUnderOnePercent) {
  const CurveDesign rare = DesignCurve(PilotWith(0.05), 4);
  EXPECT_TRUE(rare.too_few_calls);
  EXPECT_EQ(rare.delays_ns.back(), 1'000'000);
  EXPECT_FALSE(DesignCurve(PilotWith(0.2), 4).too_few_calls);
}

TEST(DesignCurve, UsesTheCriticalCallsOfPollingLoops) {
  Pilot polling = PilotWith(865);
  polling.elastic = true;
  polling.critical_calls = 150;
  EXPECT_NEAR(static_cast<double>(DesignCurve(polling, 4).delays_ns.back()), 0.010e9 / 150, 1);
}

TEST(PilotOf, FindsTimeNoiseCallsAndEffect) {
  const SimulatedWorkload serial = OneFunction("serial", [](double dose) { return dose; });
  const std::vector<int64_t> delays = {0, 1'000, 10'000, 100'000};
  const Pilot pilot = PilotOf(SimulateCurve(serial, delays, 8, 3));
  EXPECT_NEAR(pilot.control_seconds, 0.010, 0.0005);
  EXPECT_NEAR(pilot.noise, 0.02, 0.01);
  EXPECT_EQ(pilot.calls_per_unit, 100);
  EXPECT_NEAR(pilot.critical_calls, 100, 10);
  const SimulatedWorkload hidden = OneFunction("hidden", [](double) { return 0; });
  EXPECT_EQ(PilotOf(SimulateCurve(hidden, delays, 2, 3)).critical_calls, 0);
}

TEST(PerCallNs, AddsUpToTheDose) {
  EXPECT_EQ(PerCallNs(100'000, 0.001), 10);
  EXPECT_EQ(PerCallNs(100, 0.010), 100'000);
}

TEST(PerCallNs, StaysBetweenANanosecondAndAMillisecond) {
  EXPECT_EQ(PerCallNs(1, 0.005), 1'000'000);
  EXPECT_EQ(PerCallNs(0, 0.005), 1'000'000);
  EXPECT_EQ(PerCallNs(1e-9, 1e9), 1'000'000);
  EXPECT_EQ(PerCallNs(1e9, 0.005), 1);
}

TEST(FrequencyFor, DelaysFewerCallsIfEachDelayWouldBeTooShort) {
  EXPECT_EQ(FrequencyFor({10}, 1'000'000, 1), 30);  // 300 ns each
  EXPECT_EQ(FrequencyFor({7}, 1'000'000, 1), 43);
  EXPECT_EQ(FrequencyFor({300}, 1'000'000, 1), 1);
  EXPECT_EQ(FrequencyFor({100'000}, 1'000'000, 1), 1);
}

TEST(FrequencyFor, DependsOnTheShortestDelayOfACurve) {
  EXPECT_EQ(FrequencyFor({0, 10, 25, 100}, 1'000'000, 1), 30);
  EXPECT_EQ(FrequencyFor({0}, 1'000'000, 1), 1);
}

TEST(FrequencyFor, LeavesTwentyDelayedCalls) {
  EXPECT_EQ(FrequencyFor({10}, 200, 1), 10);
  EXPECT_EQ(FrequencyFor({10}, 5, 1), 1);
}

TEST(FrequencyFor, IsAtLeastTheUsers) {
  EXPECT_EQ(FrequencyFor({10}, 1'000'000, 7), 30);
  EXPECT_EQ(FrequencyFor({10}, 1'000'000, 70), 70);
  EXPECT_EQ(FrequencyFor({10}, 5, 7), 7);
}

TEST(HasTooFewCalls, ComparesAMillisecondACallWithAHundredthOfTheTime) {
  EXPECT_TRUE(HasTooFewCalls(0.05, 0.010));
  EXPECT_FALSE(HasTooFewCalls(0.2, 0.010));
}

TEST(IsPrecise, ComparesTheHalfWidth) {
  EXPECT_TRUE(IsPrecise({5, Range{4.9, 5.1}}, 0.01, 10.1));
  EXPECT_FALSE(IsPrecise({5, Range{4.9, 5.1}}, 0.01, 9.9));
  EXPECT_FALSE(IsPrecise({5, std::nullopt}, 0.01, 10));
}

}  // namespace
}  // namespace pyslow::statistics
