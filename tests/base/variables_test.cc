// Environment variables as entries NAME=VALUE.
#include "base/variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow {
namespace {

using ::testing::ElementsAre;

TEST(VariableIn, IsTheValueOfTheFirstEntryOfThisName) {
  const std::vector<std::string> environment = {"AB=2", "A=x=y", "A=1", "EMPTY="};
  EXPECT_EQ(VariableIn(environment, "A"), "x=y");
  EXPECT_EQ(VariableIn(environment, "EMPTY"), "");
  EXPECT_EQ(VariableIn(environment, "B"), std::nullopt);
}

TEST(WithVariables, ReplacesAndAppends) {
  EXPECT_THAT(WithVariables({"A=1", "AB=2", "C=3"}, {"A=x=y", "D=", "C="}),
              ElementsAre("A=x=y", "AB=2", "C=", "D="));
}

}  // namespace
}  // namespace pyslow
