#include "sweep/trials/regex_text.h"

#include <gtest/gtest.h>

#include <string>

namespace pyslow::trials {
namespace {

std::string GroupOf(const std::string& regex) {
  const RegexText text = ReadRegexText(regex);
  return text.group.has_value() ? std::string(text.group->In(regex)) : "none";
}

TEST(RegexTextTest, FindsTheGroup) {
  EXPECT_EQ(GroupOf("rate: ([0-9.]+) tok"), "[0-9.]+");
  EXPECT_EQ(GroupOf("(?:a|(b))(?P<n>x)"), "b");
  EXPECT_EQ(GroupOf("\\((?P<n>[()]+)\\)"), "[()]+");
  EXPECT_EQ(GroupOf("[^]()]x([[:digit:]()]+)"), "[[:digit:]()]+");
  EXPECT_EQ(GroupOf("[0-9]+"), "none");
}

TEST(RegexTextTest, AlsoMatchesTheOtherUnitsOfTqdm) {
  const RegexText text = ReadRegexText("([0-9.]+) ?it/s");
  EXPECT_EQ(text.thing, "it");
  EXPECT_EQ(text.with_other_units, "([0-9.]+)[kKMGT]? ?(?:[kKMGT]?it/s|[mun]?s/it)");
  EXPECT_EQ(ReadRegexText("speed ([0-9.]+).*s/step!").thing, "step");
}

TEST(RegexTextTest, LeavesOtherExpressions) {
  for (const std::string regex : {"([0-9.]+) it/sec", "([0-9.]+) [it/s]", "([0-9.]+)\\sit",
                                  "a/b (.*)", "[0-9.]+ it/s", "([0-9]+ it/s)", "(.*) its?/s?"}) {
    EXPECT_EQ(ReadRegexText(regex).with_other_units, regex);
  }
}

TEST(RegexTextTest, ChangesTheGroup) {
  const std::string regex = "tps: ([0-9.]+) x";
  EXPECT_EQ(WithGroupFor(regex, ReadRegexText(regex), "2,303"), "tps: ([0-9.,]+) x");
  EXPECT_EQ(WithGroupFor(regex, ReadRegexText(regex), "1.2e+03"), "tps: ([0-9.eE+-]+) x");
  EXPECT_EQ(WithGroupFor("[0-9]+", ReadRegexText("[0-9]+"), "-1"), "[0-9.-]+");
}

}  // namespace
}  // namespace pyslow::trials
