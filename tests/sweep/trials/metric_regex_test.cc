#include "sweep/trials/metric_regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Matches(const std::string& regex, const std::string& output) {
  const auto metric = MetricRegex::Compile(regex);
  EXPECT_TRUE(metric.ok()) << metric.status();
  std::vector<std::string> found;
  metric->Search(output, 0, output.size() + 1, [&](const RegexMatch& match) {
    found.push_back(std::string(match.number.In(match.line)));
  });
  return found;
}

std::string ErrorOf(const std::string& regex) {
  return std::string(MetricRegex::Compile(regex).status().message());
}

TEST(MetricRegexTest, MatchesOtherUnitsOnlyIfTheyAreConverted) {
  const auto matches = [](MetricRegex::Units units) {
    size_t count = 0;
    const std::string line = "1.05s/it";
    MetricRegex::Compile("([0-9.]+)it/s", units)
        ->Search(line, 0, line.size() + 1, [&](const RegexMatch&) { ++count; });
    return count;
  };
  EXPECT_EQ(matches(MetricRegex::Units::kAny), 1U);
  EXPECT_EQ(matches(MetricRegex::Units::kAsWritten), 0U);
}

TEST(MetricRegex, FindsTheGroupOfEachMatch) {
  EXPECT_THAT(Matches("([0-9.]+) tokens/s", "10 tokens/s\n20.5 tokens/s\nbye\n"),
              ElementsAre("10", "20.5"));
  EXPECT_THAT(Matches("rate: (?:about )?([0-9.]+)", "rate: about 3"), ElementsAre("3"));
}

TEST(MetricRegex, UsesTheWholeMatchWithoutAGroup) {
  EXPECT_THAT(Matches("[0-9]+", "1 and 22"), ElementsAre("1", "22"));
}

TEST(MetricRegex, AnchorsMatchAtTheEndsOfLines) {
  EXPECT_THAT(Matches("^([0-9]+)$", "a 1\n2\n3 b\n"), ElementsAre("2"));
}

TEST(MetricRegex, IgnoresAMatchWithoutItsGroup) {
  EXPECT_THAT(Matches("rate ([0-9]+)|end", "rate 5 end"), ElementsAre("5"));
}

TEST(MetricRegex, MatchesAcrossLines) {
  EXPECT_THAT(Matches("time:\\s+([0-9]+)", "time:\n 5\n"), ElementsAre("5"));
}

TEST(MetricRegex, AcceptsLongLines) {
  EXPECT_THAT(Matches("(?:a|b)*x ([0-9]+)", std::string(3'000'000, 'a') + "x 7"), ElementsAre("7"));
  EXPECT_THAT(Matches("y ([0-9]+)", std::string(100'000, ' ') + "y 7" + std::string(9'000, ' ')),
              ElementsAre("7"));
}

TEST(MetricRegex, FindsTheOtherUnitsOfAProgressBar) {
  const std::string bars = "1.31it/s]\n1.05s/it]\n1.20kit/s]\n";
  EXPECT_THAT(Matches("([0-9.]+)it/s", bars), ElementsAre("1.31", "1.05", "1.20"));
  EXPECT_THAT(Matches("([0-9.]+)s/it", bars), ElementsAre("1.31", "1.05", "1.20"));
  EXPECT_THAT(Matches("([0-9.]+) tok/s", "12.3k tok/s, 5 Mtok/s"), ElementsAre("12.3", "5"));
}

TEST(MetricRegex, GivesTheLineOfAMatch) {
  const auto metric = MetricRegex::Compile("b ([0-9])");
  ASSERT_TRUE(metric.ok());
  metric->Search("x\na b 1 c\ny", 0, 100, [](const RegexMatch& match) {
    EXPECT_EQ(match.line, "a b 1 c");
    EXPECT_EQ(match.number, (TextRange{4, 5}));
    EXPECT_EQ(match.matched, (TextRange{2, 5}));
  });
}

TEST(MetricRegex, GoesOnWhereASearchEnded) {
  const auto metric = MetricRegex::Compile("([0-9]+)");
  ASSERT_TRUE(metric.ok());
  const auto ignore = [](const RegexMatch&) {};
  // A match that begins before the limit counts whole; the next one is left for later.
  EXPECT_EQ(metric->Search("1 22 333", 0, 3, ignore), 4U);
  EXPECT_EQ(metric->Search("1 22 333", 4, 5, ignore), 4U);
  EXPECT_EQ(metric->Search("1 22 333", 5, 9, ignore), 9U);
}

TEST(MetricRegex, CorrectsAnExpressionThatCutsANumber) {
  const auto corrected = [](const std::string& regex, const std::string& line, TextRange number) {
    return MetricRegex::Compile(regex)->Corrected(line, number).value_or("none");
  };
  EXPECT_EQ(corrected("tps: ([0-9.]+)", "tps: 2,303", {5, 10}), "tps: ([0-9.,]+)");
  EXPECT_EQ(corrected("([0-9.]+) tokens/s", "rate 1.2e+03 tokens/s", {5, 12}),
            "([0-9.eE+-]+) tokens/s");
  EXPECT_EQ(corrected("x([0-9])y", "x5y", {0, 3}), "none");
}

TEST(MetricRegex, ExplainsAnInvalidExpression) {
  EXPECT_THAT(ErrorOf("(a"), HasSubstr("missing )"));
  EXPECT_THAT(ErrorOf("(a)(b)"), HasSubstr("has 2 groups; put one around the number"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("empty"));
  // Would be valid inside the (?m:...) that Compile adds.
  EXPECT_THAT(ErrorOf("a)|(b"), HasSubstr("unexpected )"));
}

TEST(MetricRegex, MatchesNothing) { EXPECT_THAT(Matches("x", "a\nb\n"), IsEmpty()); }

}  // namespace
}  // namespace pyslow::trials
