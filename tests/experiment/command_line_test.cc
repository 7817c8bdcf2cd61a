#include "experiment/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"

namespace pyslow::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

Settings Parsed(const Words& words) {
  const auto line = ParseCommandLine(words);
  EXPECT_TRUE(line.ok()) << line.status();
  return line.ok() ? line->settings : Settings();
}

TEST(ParseCommandLine, ReadsEveryOption) {
  const Settings s = Parsed({"--targets",
                             "t.txt",
                             "--target=a,b:*",
                             "--target",
                             "-x:y",
                             "--group",
                             "g",
                             "--delays",
                             "100us,0,10us",
                             "--frequency",
                             "3",
                             "--start",
                             "5s",
                             "--duration=30s",
                             "--time-regex",
                             "t=(.*)",
                             "--runs",
                             "4",
                             "--seed",
                             "9",
                             "--out",
                             "d",
                             "--timeout",
                             "1s",
                             "--pyslow",
                             "/p",
                             "--",
                             "-m",
                             "mod",
                             "--",
                             "--delays"});
  EXPECT_EQ(s.targets_file, "t.txt");
  EXPECT_THAT(s.targets, ElementsAre("a,b:*", "-x:y"));
  EXPECT_THAT(s.groups, ElementsAre("g"));
  EXPECT_THAT(s.delays_ns, ElementsAre(0, 10'000, 100'000));
  EXPECT_EQ(s.frequency, 3);
  EXPECT_EQ(s.start_ns, 5'000'000'000);
  EXPECT_EQ(s.duration_ns, 30'000'000'000);
  EXPECT_EQ(s.measure, Measure::kTime);
  EXPECT_EQ(s.regex, "t=(.*)");
  EXPECT_EQ(s.blocks, 4);
  EXPECT_EQ(s.seed, 9U);
  EXPECT_EQ(s.out, "d");
  EXPECT_EQ(s.timeout_ns, 1'000'000'000);
  EXPECT_EQ(s.pyslow, "/p");
  EXPECT_THAT(s.command, ElementsAre("-m", "mod", "--", "--delays"));
}

TEST(ParseCommandLine, HasTheMethodologysDelaysAndEightBlocksByDefault) {
  const Settings s = Parsed({"--target", "a:b", "--", "x.py"});
  EXPECT_THAT(s.delays_ns, ElementsAre(0, 1'000, 10'000, 100'000));
  EXPECT_EQ(s.blocks, 8);
  EXPECT_EQ(s.measure, Measure::kWallTime);
  EXPECT_FALSE(s.control_added);
}

TEST(ParseCommandLine, AddsTheControlWhereItIsLeftOut) {
  const Settings s = Parsed({"--target", "a:b", "--delays", "5us", "--", "x.py"});
  EXPECT_THAT(s.delays_ns, ElementsAre(0, 5'000));
  EXPECT_TRUE(s.control_added);
}

TEST(ParseCommandLine, AsksForNothingElseBesideHelp) {
  EXPECT_TRUE(ParseCommandLine({"--help"})->help);
  EXPECT_TRUE(ParseCommandLine({"--version"})->version);
}

TEST(ParseCommandLine, SaysWhereAMistakeIsAndWhatToDo) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"-- x.py", "nothing is targeted; give --targets FILE"},
      {"--target a:b", "the command is missing"},
      {"--target a:b --", "the command is missing"},
      {"--target a:b x.py", "x.py: it is no option of pyslow-sweep; put -- before"},
      {"--dealys 0 -- x.py", "--dealys: no such option of pyslow-sweep; did you mean '--delays'?"},
      {"--live -- x.py", "--live: no such option"},
      {"--resume d", "--resume: no such option"},
      {"-h", "-h: no such option"},
      {"--delays", "--delays: its TIME,... is missing"},
      {"--target a:b --delays 10 -- x.py", "--delays: '10' has no unit"},
      {"--target a:b --delays 0,,1us -- x.py", "--delays: '' is empty"},
      {"--target a:b --delays -1us -- x.py", "--delays: '-1us' is negative"},
      {"--target a:b --delays 0,11s -- x.py", "--delays: '11s' is more than 10s"},
      {"--target a:b --delays 0 -- x.py", "--delays: '0' is the control alone"},
      {"--target a:b --delays 1us,1000ns -- x.py", "has 1us twice"},
      {"--target a:b --frequency 0 -- x.py", "--frequency: '0' is not in range"},
      {"--target a:b --runs 1.5 -- x.py", "--runs: '1.5' is not a whole number"},
      {"--target a:b --seed -1 -- x.py", "--seed: '-1'"},
      {"--target a:b --timeout 0 -- x.py", "--timeout: 0 would end every trial"},
      {"--target a:b --out= -- x.py", "--out: its value is empty"},
      {"--target a:b --runs 2 --runs 3 -- x.py", "--runs: it is given twice"},
      {"--target a:b --time-regex a --throughput-regex b -- x.py", "is given too; leave one out"},
      {"--version=3", "--version: it takes no value"},
      {"--target a:b -- python3 x.py",
       "python3: leave it out: the command is what follows python, as "
       "in '-- x.py'"},
      {"--target a:b -- /usr/bin/python3.12 x.py", "/usr/bin/python3.12: leave it out"},
      {"--target a:b -- pyslow x.py", "pyslow: leave it out"},
      {"--target a:b -- --delay 1us x.py", "--delay: options of pyslow-sweep stand before --"}};
  for (const auto& [words, why] : cases) {
    const auto line = ParseCommandLine(absl::StrSplit(words, ' '));
    ASSERT_FALSE(line.ok()) << words;
    EXPECT_THAT(std::string(line.status().message()), HasSubstr(why)) << words;
  }
}

TEST(ParseCommandLine, TakesAScriptWhoseNameBeginsLikePython) {
  EXPECT_THAT(Parsed({"--target", "a:b", "--", "python_bench.py"}).command,
              ElementsAre("python_bench.py"));
}

TEST(HelpText, FitsAScreen) {
  const std::vector<std::string> lines = absl::StrSplit(HelpText(), '\n');
  EXPECT_LE(lines.size(), 30U);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace pyslow::experiment
