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
  std::vector<CalledFunction> counted = {
      Called("often", 900, {0.1}), Called("seldom.deep", 1, {0.5}), Called("heavy", 10, {0.9})};
  const Subjects packages = PackagesOf(3, 1, &counted);
  EXPECT_THAT(packages.setup.groups, ElementsAre("heavy", "seldom", "other modules"));
}

TEST(PackagesOf, MergeThePackagesWithTheFewestCallsIfOwnTimeIsUnknown) {
  std::vector<CalledFunction> counted = {Called("seldom", 1, {}), Called("often", 900, {}),
                                         Called("never", 0, {})};
  const Subjects packages = PackagesOf(20, 1, &counted);
  EXPECT_THAT(packages.setup.groups, ElementsAre("often", "seldom", "other modules"));
}

// A sweep resumed with more blocks measures own time more often. Its earlier subjects must stay the
// same, or its trials could not be used again.
TEST(PackagesOf, AreTheSameWithMoreTrialsOfOwnTime) {
  std::vector<CalledFunction> once = {Called("a", 1, {0.5}), Called("b", 1, {0.4})};
  std::vector<CalledFunction> often = {Called("a", 1, {0.5, 0.1, 0.1}),
                                       Called("b", 1, {0.4, 0.9, 0.9})};
  const Subjects before = PackagesOf(20, 1, &once);
  const Subjects after = PackagesOf(20, 1, &often);
  EXPECT_EQ(before.setup.targets, after.setup.targets);
}

TEST(FunctionsOf, SelectLinesAndFunctionsByTheirNames) {
  std::vector<CalledFunction> counted(5, Called("a", 1, {}));
  for (CalledFunction& function : counted) function.id.first_line = 1;
  counted[1].id.qualname = "C.f@12-15";
  counted[2].id.qualname = "f@x";
  counted[3].id.first_line = 0;  // no Python function
  counted[4].id.qualname = "f -> b:g";
  const Subjects functions = FunctionsOf(counted, counted, 1);
  EXPECT_EQ(functions.setup.targets,
            "[function 1]\na:f\n[function 2]\na:C.f@12-15\n[function 3]\na:f\\@x\n"
            "[function 4, on=call]\na:f\n[function 5]\na:f -> b:g\n");
  EXPECT_EQ(functions.subjects[1].name, "a:C.f@12-15");
}

}  // namespace
}  // namespace pyslow::steps
