#include "report/report_command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"

namespace pyslow::report {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::StartsWith;

CommandLine Parse(const std::vector<std::string>& words) {
  const auto line = ParseCommandLine(words);
  EXPECT_TRUE(line.ok()) << line.status();
  return line.ok() ? *line : CommandLine();
}

std::string Error(const std::vector<std::string>& words) {
  const auto line = ParseCommandLine(words);
  return line.ok() ? "no error" : std::string(line.status().message());
}

TEST(CommandLineTest, HasDefaults) {
  const CommandLine line = Parse({"dir"});
  EXPECT_EQ(line.directory, "dir");
  EXPECT_EQ(line.top, 10U);
  EXPECT_FALSE(line.json);
  EXPECT_FALSE(line.follow);
}

TEST(CommandLineTest, AcceptsOptionsBeforeAndAfterTheDirectory) {
  const CommandLine line = Parse({"--top", "3", "dir", "--json", "--follow", "--interval=500ms"});
  EXPECT_EQ(line.directory, "dir");
  EXPECT_EQ(line.top, 3U);
  EXPECT_TRUE(line.json);
  EXPECT_TRUE(line.follow);
  EXPECT_EQ(line.interval_ns, 500'000'000);
}

TEST(CommandLineTest, AcceptsADirectoryLikeAnOptionAfterTwoDashes) {
  EXPECT_EQ(Parse({"--", "--top"}).directory, "--top");
}

TEST(CommandLineTest, HelpAndVersionNeedNoDirectory) {
  EXPECT_TRUE(Parse({"--help"}).help);
  EXPECT_TRUE(Parse({"--version"}).version);
  EXPECT_EQ(Parse({"--completion", "fish"}).completion, "fish");
}

TEST(CommandLineTest, ReportsEveryMistake) {
  EXPECT_THAT(Error({}), HasSubstr("directory is missing"));
  EXPECT_EQ(Error({"a", "b"}), "b: only one directory is allowed; leave it out");
  EXPECT_THAT(Error({"--jsn", "a"}), StartsWith("--jsn: no such option"));
  EXPECT_THAT(Error({"--jsn", "a"}), HasSubstr("did you mean '--json'?"));
  EXPECT_THAT(Error({"-x", "a"}), StartsWith("-x: no such option"));
  EXPECT_EQ(Error({"--json=1", "a"}), "--json: this option has no value; write --json alone");
  EXPECT_EQ(Error({"a", "--top"}), "--top: the value is missing; write --top N");
  EXPECT_EQ(Error({"--json", "--json", "a"}), "--json: it is given twice; remove one");
  EXPECT_THAT(Error({"--top", "-1", "a"}), StartsWith("--top: '-1' is not a whole number"));
  EXPECT_THAT(Error({"--top=", "a"}), StartsWith("--top: ''"));
  EXPECT_THAT(Error({"--follow", "--interval", "5", "a"}), HasSubstr("has no unit"));
  EXPECT_EQ(Error({"--interval", "5s", "a"}), "--interval: it needs --follow");
  EXPECT_EQ(Error({"--follow", "--interval", "0", "a"}), "--interval: the minimum is 1ms");
}

TEST(CommandLineTest, HelpFitsAScreen) {
  const std::vector<std::string> lines = absl::StrSplit(HelpText(), '\n');
  EXPECT_LE(lines.size(), 24U);
  EXPECT_THAT(lines, Each(SizeIs(Le(100U))));
}

}  // namespace
}  // namespace pyslow::report
