#include "base/option_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace pyslow {
namespace {

using ::testing::ElementsAre;

constexpr OptionSpec kReaderSpecs[] = {
    {"--flag", nullptr, ""},
    {"--text", "TEXT", ""},
    {"--number", "N", ""},
    {"--time", "TIME", ""},
    {"--long-time", "TIME", ""},
    {"--ratio", "X", ""},
    {"--percentage", "P%", ""},
    {"--share", "SHARE", ""},
    OneOf("hold release", {"--word", "MODE", ""}),
    OneOf("start resume stop", {"--words", "EVENTS", ""}),
};

TEST(OptionReader, ConvertsEveryType) {
  const GivenOptions given = {
      {"--flag", {"1"}},        {"--text", {"a b"}},     {"--number", {"7"}},
      {"--time", {"1.5us"}},    {"--long-time", {"2h"}}, {"--ratio", {"2.5"}},
      {"--percentage", {"1%"}}, {"--word", {"release"}}, {"--words", {"stop,start"}}};
  OptionReader reader(kReaderSpecs, given);
  bool flag = false;
  std::string text;
  int64_t number = 0;
  int64_t ns = 0;
  std::optional<double> seconds;
  double ratio = 0;
  std::optional<double> percentage;
  std::string word;
  std::vector<std::string> words;
  reader.ReadFlag("--flag", &flag);
  reader.ReadText("--text", &text);
  reader.ReadNumber("--number", 1, 10, &number);
  reader.ReadTime("--time", 10'000, &ns);
  reader.ReadLongTime("--long-time", int64_t{10'000} * 1'000'000'000, &seconds);
  reader.ReadRatio("--ratio", 1, 10, &ratio);
  reader.ReadPercentage("--percentage", &percentage);
  reader.ReadWord("--word", &word);
  reader.ReadWords("--words", &words);
  ASSERT_TRUE(reader.status().ok()) << reader.status();
  EXPECT_TRUE(flag);
  EXPECT_EQ(text, "a b");
  EXPECT_EQ(number, 7);
  EXPECT_EQ(ns, 1'500);
  EXPECT_EQ(seconds, 7'200);
  EXPECT_EQ(ratio, 2.5);
  EXPECT_DOUBLE_EQ(*percentage, 0.01);
  EXPECT_EQ(word, "release");
  EXPECT_THAT(words, ElementsAre("stop", "start"));
}

TEST(OptionReader, ReadsAShareAsARatioOrAPercentage) {
  const auto read = [](const char* text) {
    const GivenOptions given = {{"--share", {text}}};
    OptionReader reader(kReaderSpecs, given);
    double share = 0;
    reader.ReadShare("--share", &share);
    EXPECT_EQ(reader.status().ok(), share > 0) << text;
    return share;
  };
  EXPECT_DOUBLE_EQ(read("0.02"), 0.02);
  EXPECT_DOUBLE_EQ(read("2%"), 0.02);
  for (const char* text : {"0", "2", "101%", "nan", "", "%"}) EXPECT_EQ(read(text), 0) << text;
}

TEST(OptionReader, LeavesAValueUnchangedIfItsOptionIsNotGiven) {
  const GivenOptions given;
  OptionReader reader(kReaderSpecs, given);
  int64_t number = 5;
  bool flag = true;
  reader.ReadNumber("--number", 1, 10, &number);
  reader.ReadFlag("--flag", &flag);
  EXPECT_EQ(number, 5);
  EXPECT_TRUE(flag);
  EXPECT_FALSE(reader.Has("--number"));
  EXPECT_TRUE(reader.All("--text").empty());
  EXPECT_TRUE(reader.status().ok());
}

TEST(OptionReader, KeepsTheFirstError) {
  const GivenOptions given = {{"--number", {"11"}}, {"--text", {""}}, {"--word", {"keep"}}};
  OptionReader reader(kReaderSpecs, given);
  std::string text;
  int64_t number = 0;
  reader.ReadText("--text", &text);
  reader.ReadNumber("--number", 1, 10, &number);
  reader.NoteError("--flag", "too late");
  EXPECT_EQ(reader.status().message(), "--text: the value is empty");
}

TEST(OptionReader, ReportsWrongWords) {
  const GivenOptions given = {{"--word", {"relase"}}, {"--words", {"start,stop,start"}}};
  OptionReader one(kReaderSpecs, given);
  std::string word;
  one.ReadWord("--word", &word);
  EXPECT_EQ(one.status().message(),
            "--word: 'relase': expected one of hold, release; did you mean 'release'?");
  OptionReader list(kReaderSpecs, given);
  std::vector<std::string> words;
  list.ReadWords("--words", &words);
  EXPECT_EQ(
      list.status().message(),
      "--words: 'start,stop,start' contains start twice; expected one or more of start, resume, "
      "stop, such as start,resume,stop");
}

TEST(OptionReader, ReportsWrongLongTimesAndRatios) {
  for (const char* text : {"10", "0", "0h", "-1h", "1.5", "h", "9999h", "1d"}) {
    const GivenOptions given = {{"--long-time", {text}}};
    OptionReader reader(kReaderSpecs, given);
    std::optional<double> seconds;
    reader.ReadLongTime("--long-time", int64_t{3'600} * 1'000'000'000, &seconds);
    EXPECT_FALSE(reader.status().ok()) << text;
  }
  for (const char* text : {"1", "0%", "101%", "%", "nan%", ""}) {
    const GivenOptions given = {{"--percentage", {text}}};
    OptionReader reader(kReaderSpecs, given);
    std::optional<double> ratio;
    reader.ReadPercentage("--percentage", &ratio);
    EXPECT_FALSE(reader.status().ok()) << text;
  }
  for (const char* text : {"1", "10.1", "nan", "inf", "x", ""}) {
    const GivenOptions given = {{"--ratio", {text}}};
    OptionReader reader(kReaderSpecs, given);
    double ratio = 0;
    reader.ReadRatio("--ratio", 1, 10, &ratio);
    EXPECT_FALSE(reader.status().ok()) << text;
  }
}

}  // namespace
}  // namespace pyslow
