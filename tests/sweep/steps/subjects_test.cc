// The subjects of a sweep, from its counting trial.
#include "sweep/steps/subjects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pyslow::steps {
namespace {

using ::testing::ElementsAre;

CalledFunction Called(const std::string& module, uint64_t calls,
                      std::vector<double> own_seconds_per_unit) {
  CalledFunction function;
  function.id.module = module;
  function.id.qualname = "f";
  function.calls = calls;
  function.own_seconds_per_unit = std::move(own_seconds_per_unit);
  return function;
}

TEST(PackagesOf, MergeThePackagesWithTheLeastOwnTime) {
  const Subjects packages = PackagesOf(
      {Called("often", 900, {0.1}), Called("seldom.deep", 1, {0.5}), Called("heavy", 10, {0.9})}, 3,
      1);
  EXPECT_THAT(packages.setup.groups, ElementsAre("heavy", "seldom", "other modules"));
}

TEST(PackagesOf, MergeThePackagesWithTheFewestCallsIfOwnTimeIsUnknown) {
  const Subjects packages = PackagesOf(
      {Called("seldom", 1, {}), Called("often", 900, {}), Called("never", 0, {})}, 20, 1);
  EXPECT_THAT(packages.setup.groups, ElementsAre("often", "seldom", "other modules"));
}

// A sweep resumed with more blocks measures own time more often. Its earlier subjects must stay the
// same, or its trials could not be used again.
TEST(PackagesOf, AreTheSameWithMoreTrialsOfOwnTime) {
  const Subjects before = PackagesOf({Called("a", 1, {0.5}), Called("b", 1, {0.4})}, 20, 1);
  const Subjects after =
      PackagesOf({Called("a", 1, {0.5, 0.1, 0.1}), Called("b", 1, {0.4, 0.9, 0.9})}, 20, 1);
  EXPECT_EQ(before.setup.targets, after.setup.targets);
}

}  // namespace
}  // namespace pyslow::steps
