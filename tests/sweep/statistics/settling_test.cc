#include "sweep/statistics/settling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace pyslow::statistics {
namespace {

// Three steps up and three down of 20 s, a sample every 0.5 s, T between 1 and `slowed`.
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
}

TEST(FitSettling, IsZeroIfTFollowsAtOnceOrIsConstant) {
  EXPECT_EQ(FitSettling(Steps(0, 2, 0.02)).constant_seconds, 0);
  EXPECT_EQ(FitSettling(Steps(2, 1, 0.02)).constant_seconds, 0);
  EXPECT_EQ(FitSettling(Steps(0, 2, 0)).constant_seconds, 0);
}

TEST(FitSettling, IsUnknownIfTheStepsAreTooShort) {
  EXPECT_FALSE(FitSettling(Steps(15, 2, 0.02)).constant_seconds.has_value());
}

}  // namespace
}  // namespace pyslow::statistics
