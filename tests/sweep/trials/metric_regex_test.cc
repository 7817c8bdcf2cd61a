#include "sweep/trials/metric_regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

double Found(const std::string& regex, const std::string& output) {
  const auto metric = MetricRegex::Compile(regex);
  EXPECT_TRUE(metric.ok()) << metric.status();
  const auto value = metric->Find(output);
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(-1);
}

std::string ErrorOf(const std::string& regex, const std::string& output) {
  const auto metric = MetricRegex::Compile(regex);
  if (!metric.ok()) return std::string(metric.status().message());
  const auto value = metric->Find(output);
  return value.ok() ? "no error" : std::string(value.status().message());
}

TEST(ParseNumber, ReadsCommonFormats) {
  const std::vector<std::pair<std::string, double>> cases = {{"1234.5", 1234.5},
                                                             {"1e3", 1000},
                                                             {"2.5E-3", 0.0025},
                                                             {".5", 0.5},
                                                             {"7", 7},
                                                             {"+7", 7},
                                                             {" 7\t", 7},
                                                             {"-7", -7},
                                                             {"1,234.5", 1234.5},
                                                             {"1,234,567", 1234567},
                                                             {"12,345,678.9", 12345678.9}};
  for (const auto& [text, value] : cases) {
    const auto parsed = ParseNumber(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    EXPECT_DOUBLE_EQ(*parsed, value) << text;
  }
}

TEST(ParseNumber, AcceptsOnlyUnambiguousThousandsCommas) {
  EXPECT_THAT(std::string(ParseNumber("1,234").status().message()), HasSubstr("decimal comma"));
  for (const char* text :
       {"3,5", "0,123.5", "1,23,456", "1,2345.6", ",123.4", "1.234,5", "1,234,5"}) {
    EXPECT_FALSE(ParseNumber(text).ok()) << text;
  }
}

TEST(ParseNumber, RejectsOtherText) {
  for (const char* text :
       {"", " ", "inf", "nan", "0x10", "1e999", "12 tokens", "--1", "1.2.3", "e5", "fast", "1-2"}) {
    EXPECT_FALSE(ParseNumber(text).ok()) << text;
  }
}

TEST(MetricRegex, UsesTheGroupOfTheLastMatch) {
  EXPECT_EQ(Found("([0-9.]+) tokens/s", "10 tokens/s\n20.5 tokens/s\nbye\n"), 20.5);
  EXPECT_EQ(Found("rate: (?:about )?([0-9.]+)", "rate: about 3"), 3);
}

TEST(MetricRegex, UsesTheWholeMatchWithoutAGroup) { EXPECT_EQ(Found("[0-9]+", "1 and 22"), 22); }

TEST(MetricRegex, AnchorsMatchAtTheEndsOfLines) {
  EXPECT_EQ(Found("^([0-9]+)$", "a 1\n2\n3 b\n"), 2);
}

TEST(MetricRegex, IgnoresAMatchWithoutItsGroup) {
  EXPECT_EQ(Found("rate ([0-9]+)|end", "rate 5 end"), 5);
}

TEST(MetricRegex, AcceptsLongLinesAndBinaryOutput) {
  EXPECT_EQ(Found("(?:a|b)*x ([0-9]+)", std::string(3'000'000, 'a') + "x 7"), 7);
  EXPECT_EQ(Found("([0-9]+)/s", std::string("\xff\0 8/s", 6)), 8);
}

TEST(MetricRegex, ExplainsAnInvalidExpression) {
  EXPECT_THAT(ErrorOf("(a", ""), HasSubstr("missing )"));
  EXPECT_THAT(ErrorOf("(a)(b)", ""), HasSubstr("has 2 groups; put one around the number"));
  EXPECT_THAT(ErrorOf("", ""), HasSubstr("empty"));
  // Would be valid inside the (?m:...) that Compile adds.
  EXPECT_THAT(ErrorOf("a)|(b", ""), HasSubstr("unexpected )"));
}

TEST(MetricRegex, QuotesTheLastLinesIfNothingMatches) {
  const std::string why =
      ErrorOf("([0-9]+) tokens", "1\n2\n3\n4\n5\n6\nspeed: 12.5 req/s\ndone\n\n");
  EXPECT_THAT(why, HasSubstr("this line looks like a metric: 'speed: 12.5 req/s'"));
  EXPECT_THAT(why, HasSubstr("last lines:\n  4\n  5\n  6\n  speed: 12.5 req/s\n  done"));
  EXPECT_THAT(why, Not(HasSubstr("\n  3")));
  EXPECT_THAT(ErrorOf("x", "plain\n"), Not(HasSubstr("looks like")));
  EXPECT_THAT(ErrorOf("x", "\n \n"), HasSubstr("printed nothing"));
}

TEST(MetricRegex, FindNumberAcceptsAnyNumber) {
  EXPECT_EQ(*MetricRegex::Compile("errors (.*)")->FindNumber("errors 0"), 0);
  EXPECT_EQ(*MetricRegex::Compile("drift (.*)")->FindNumber("drift -3.5"), -3.5);
  EXPECT_FALSE(MetricRegex::Compile("drift (.*)")->FindNumber("drift much").ok());
}

TEST(MetricRegex, RejectsAThroughputThatIsNotPositive) {
  EXPECT_THAT(ErrorOf("rate (.*)", "rate 0.0"), HasSubstr("'0.0', is not above 0"));
  EXPECT_THAT(ErrorOf("rate (.*)", "rate -3"), HasSubstr("not above 0"));
  EXPECT_THAT(ErrorOf("rate (.*)", "rate fast"), HasSubstr("'fast' is not a number"));
}

}  // namespace
}  // namespace pyslow::trials
