// Tests of the engine: functions that the program names otherwise than their code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "interpreter.h"

namespace pyslow::core {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Aliases, AreRecordedWhileATargetMatchesNothing) {
  Interpreter python("tested:nothing\ntested:matched\n", OnStart(0));
  python.Run(R"py(
def plain(): pass
def code(): pass
def matched(): yield
code.__module__, code.__qualname__ = "public", "Class.method"
matched.__qualname__ = "renamed"
def run():
    plain()
    code()
    list(matched())
run()
)py");
  const std::vector<std::string> names = python.RecordedUnmatched();
  EXPECT_THAT(names, Contains("tested:plain"));
  EXPECT_THAT(names, Contains("public:Class.method = tested:code"));
  EXPECT_THAT(names, Contains("tested:renamed = tested:matched"));
  EXPECT_THAT(names, Not(Contains(HasSubstr("= tested:plain"))));
  EXPECT_THAT(names, Not(Contains(HasSubstr("= tested:<module>"))));
}

TEST(Aliases, AreNotRecordedIfAllTargetsMatch) {
  Interpreter python("tested:first\n", OnStart(0));
  python.Run(R"py(
def first(): pass
def code(): pass
code.__qualname__ = "renamed"
first()
code()
)py");
  EXPECT_THAT(python.RecordedUnmatched(), Not(Contains(HasSubstr("renamed"))));
}

}  // namespace
}  // namespace pyslow::core
