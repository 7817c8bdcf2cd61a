#include "sweep/statistics/settling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace pyslow::statistics {
namespace {

// Three steps up and three down of 40 samples, one every `period`, T between 1 and `slowed`.
std::vector<Step> Steps(double constant, double slowed, double noise, double period = 0.5,
                        unsigned seed = 3) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, noise);
  std::vector<Step> steps;
  for (int i = 0; i < 6; ++i) {
    Step step;
    step.up = i % 2 == 0;
    const double begin = step.up ? 1 : slowed;
    const double end = step.up ? slowed : 1;
    for (double t = period / 2; t < 40 * period; t += period) {
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

// Rule R10: what a step still contributes to an interval of 2 s after max(.2 s, 3 τ), also if the
// pilot of 3 s a step does not show the decay.
TEST(FitSettling, LeavesLittleOfAStepInAnInterval) {
  constexpr int kPilots = 50;
  for (const double noise : {0.02, 0.05}) {
    for (const double slowed : {1.3, 2.0}) {
      for (const double constant : {0.05, 0.1, 0.2, 0.3, 0.5}) {
        double left = 0;
        for (int i = 0; i < kPilots; ++i) {
          const double found =
              FitSettling(Steps(constant, slowed, noise, 3.0 / 40, i)).constant_seconds.value_or(1);
          const double settling = std::max(0.2, 3 * found);
          left += constant / 2 *
                  (std::exp(-settling / constant) - std::exp(-(settling + 2) / constant));
        }
        EXPECT_LT(left / kPilots, 0.02) << noise << " " << slowed << " " << constant;
      }
    }
  }
}

}  // namespace
}  // namespace pyslow::statistics
