#include "launcher/unknown_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "launcher/pyslow_options.h"

namespace pyslow::launcher {
namespace {

std::string Warning(std::vector<const char*> environment) {
  environment.push_back(nullptr);
  return UnknownVariables(environment.data());
}

TEST(UnknownVariables, NamesMisspeltOnesWithTheNearestName) {
  EXPECT_EQ(Warning({"SPEED_BUMP_TARGET=a:b"}),
            "SPEED_BUMP_TARGET: no such variable of pyslow; did you mean 'SPEED_BUMP_TARGETS'?");
  EXPECT_EQ(Warning({"A=1", "SPEED_BUMP_DELAY=1", "SPEED_BUMP_ZZZZZZZZ=2"}),
            "SPEED_BUMP_DELAY: no such variable of pyslow; did you mean 'SPEED_BUMP_DELAY_NS'?; "
            "SPEED_BUMP_ZZZZZZZZ: no such variable of pyslow");
}

TEST(UnknownVariables, SuggestsNoneThatPyslowSetsItself) {
  EXPECT_EQ(Warning({"SPEED_BUMP_SESSION_DIR=1"}),
            "SPEED_BUMP_SESSION_DIR: no such variable of pyslow; did you mean "
            "'SPEED_BUMP_SESSION'?");
}

TEST(UnknownVariables, AcceptsThoseOfPyslowEmptyOnesAndOthers) {
  EXPECT_EQ(Warning({"SPEED_BUMP_PATTERNS=a:b", "SPEED_BUMP_SESSION_ID=1",
                     "SPEED_BUMP_TARGET=", "SPEED_BUMPER=1", "SPEED_BUMP_X"}),
            "");
  std::vector<std::string> entries;
  for (const OptionSpec& option : kOptions) {
    if (option.variable != nullptr) entries.push_back(std::string(option.variable) + "=1");
  }
  std::vector<const char*> environment;
  for (const std::string& entry : entries) environment.push_back(entry.c_str());
  EXPECT_GE(environment.size(), 14);
  EXPECT_EQ(Warning(environment), "");
  EXPECT_EQ(UnknownVariables(nullptr), "");
}

}  // namespace
}  // namespace pyslow::launcher
