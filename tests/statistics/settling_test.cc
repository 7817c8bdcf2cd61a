#include "statistics/settling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace pyslow::statistics {
namespace {

// Three steps up and three down of 20 s, a sample each half second, T between 1 and `slowed`.
std::vector<Step> Steps(double constant, double slowed, double noise) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, noise);
  std::vector<Step> steps;
  for (int i = 0; i < 6; ++i) {
    Step step;
    step.up = i % 2 == 0;
    const double begin = step.up ? 1 : slowed;
    const double end = step.up ? slowed : 1;
    for (double t = 0.25; t < 20; t += 0.5) {
      const double left = constant > 0 ? std::exp(-t / constant) : 0;
      step.samples.push_back({t, end + (begin - end) * left + normal(random)});
    }
    steps.push_back(step);
  }
  return steps;
}

TEST(FitSettling, FindsTheConstant) {
  const Settling settling = FitSettling(Steps(2, 2, 0.02));
  ASSERT_TRUE(settling.constant_seconds.has_value());
  EXPECT_NEAR(*settling.constant_seconds, 2, 0.2);
  EXPECT_NEAR(*settling.discard_seconds, 6, 0.6);
}

TEST(FitSettling, DiscardsASecondWhereTFollowsAtOnceOrStays) {
  EXPECT_EQ(*FitSettling(Steps(0, 2, 0.02)).discard_seconds, 1);
  EXPECT_EQ(*FitSettling(Steps(2, 1, 0.02)).discard_seconds, 1);
  EXPECT_EQ(*FitSettling(Steps(0, 2, 0)).discard_seconds, 1);
}

TEST(FitSettling, SaysWhenTheStepsWereTooShort) {
  EXPECT_FALSE(FitSettling(Steps(15, 2, 0.02)).discard_seconds.has_value());
}

std::vector<KeptInterval> Intervals(double remaining) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal(0, 0.02);
  std::uniform_real_distribution<double> dose(-1, 1);
  std::vector<KeptInterval> intervals;
  for (int i = 0; i < 48; ++i) {
    const double step = dose(random);
    intervals.push_back({step, 1 + normal(random), 1.01 + remaining * step + normal(random)});
  }
  return intervals;
}

TEST(CheckSettling, SeesWhatIsLeftOfAStep) {
  const SettlingCheck check = CheckSettling(Intervals(0.1));
  EXPECT_FALSE(check.settled);
  EXPECT_NEAR(check.remaining.value, 0.1, 0.03);
}

TEST(CheckSettling, IsContentWhereOnlyDriftIsLeft) {
  EXPECT_TRUE(CheckSettling(Intervals(0)).settled);
}

TEST(CheckSettling, HasNoIntervalForTwoIntervals) {
  const SettlingCheck check = CheckSettling({{1, 1, 1}, {-1, 1, 1}});
  EXPECT_FALSE(check.remaining.range.has_value());
  EXPECT_TRUE(check.settled);
}

}  // namespace
}  // namespace pyslow::statistics
