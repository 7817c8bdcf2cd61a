#include "base/duration_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pyslow {
namespace {

using ::testing::HasSubstr;
constexpr int64_t kTenSeconds = 10'000'000'000;

TEST(ParseTimeNs, ReadsEveryUnit) {
  const std::vector<std::pair<std::string, int64_t>> cases = {{"0", 0},
                                                              {"0s", 0},
                                                              {"7ns", 7},
                                                              {"10us", 10'000},
                                                              {"10\u00b5s", 10'000},
                                                              {"10\u03bcs", 10'000},
                                                              {"1.5ms", 1'500'000},
                                                              {"10s", kTenSeconds},
                                                              {".5us", 500},
                                                              {"1.us", 1'000},
                                                              {"0.001us", 1},
                                                              {"1.50000000000000000000us", 1'500}};
  for (const auto& [text, ns] : cases) {
    const auto parsed = ParseTimeNs(text, kTenSeconds);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    EXPECT_EQ(*parsed, ns) << text;
  }
}

TEST(ParseTimeNs, ReportsWhatIsWrongAndWhatIsAllowed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "empty"},
      {"-1us", "negative"},
      {"10", "no unit"},
      {"1e999", "not a time"},
      {"10 parsecs", "not a time"},
      {"1e3us", "not a time"},
      {" 1us", "not a time"},
      {"1 us", "not a time"},
      {"+1us", "not a time"},
      {"us", "not a time"},
      {".us", "not a time"},
      {"1.2.3us", "not a time"},
      {"0.5ns", "finer"},
      {"1.0005us", "finer"},
      {"11s", "more than 10s"},
      {"10.000000001s", "more than 10s"},
      {"99999999999999999999999999999999999999999999s", "more than 10s"},
      {"inf", "not a time"},
      {"nans", "not a time"}};
  for (const auto& [text, why] : cases) {
    const auto parsed = ParseTimeNs(text, kTenSeconds);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(parsed.status().message(), HasSubstr(why)) << text;
    EXPECT_THAT(parsed.status().message(), HasSubstr("such as 500ns, 10us or 1.5ms")) << text;
  }
}

TEST(ParseTimeNs, KeepsALimitBelowOneUnit) {
  EXPECT_FALSE(ParseTimeNs("5us", 4'999).ok());
  EXPECT_EQ(*ParseTimeNs("4.999us", 4'999), 4'999);
}

TEST(ParseInteger, AcceptsOnlyWholeNumbersInRange) {
  EXPECT_EQ(*ParseInteger("10", 1, 100, "calls"), 10);
  for (const char* text :
       {"", "0", "101", "-1", "1.5", "1e3", " 1", "+1", "0x10", "99999999999999999999"}) {
    const auto parsed = ParseInteger(text, 1, 100, "calls");
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(parsed.status().message(), HasSubstr("expected calls from 1 to 100")) << text;
  }
}

TEST(FormatTimeNs, RoundTripsThroughParseTimeNs) {
  for (const int64_t ns :
       {0L, 1L, 999L, 1000L, 1500L, 10'000L, 1'234'567L, 1'000'000'000L, 9'999'999'999L}) {
    EXPECT_EQ(*ParseTimeNs(FormatTimeNs(ns), kTenSeconds), ns) << FormatTimeNs(ns);
  }
  EXPECT_EQ(FormatTimeNs(1'500'000), "1.5ms");
}

}  // namespace
}  // namespace pyslow
