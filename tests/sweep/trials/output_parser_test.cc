#include "sweep/trials/output_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class OutputParserTest : public ::testing::Test {
 protected:
  OutputParserTest() {
    settings_.measure = Measure::kTime;
    settings_.regex = "t=([0-9.-]+)";
  }

  absl::StatusOr<OutputFigures> Read(const std::string& output, const std::string& error = "",
                                     double seconds = 100) {
    auto parser = OutputParser::Compile(settings_);
    if (!parser.ok()) return parser.status();
    OutputReader reader = parser->NewReader();
    reader.Append(OutputStream::kStandardError, error);
    reader.Append(OutputStream::kStandardOutput, output);
    return reader.Read(seconds);
  }
  double Found(const std::string& output, const std::string& error = "") {
    const auto figures = Read(output, error);
    EXPECT_TRUE(figures.ok()) << figures.status();
    return figures.ok() ? figures->seconds_per_unit.value_or(-1) : -1;
  }
  std::string ErrorOf(const std::string& output, double seconds = 100) {
    return std::string(Read(output, "", seconds).status().message());
  }

  TrialSettings settings_;
};

TEST_F(OutputParserTest, TheLastMatchCounts) {
  EXPECT_EQ(Found("t=1\nt=2\nt=5\nend\n"), 5);
  const model::FigureReading reading = *Read("t=1\nt=2\nt=5\n")->reading;
  EXPECT_EQ(reading.matches, 3U);
  EXPECT_TRUE(reading.last_counts);
  EXPECT_EQ(reading.smallest, 1);
  EXPECT_EQ(reading.largest, 5);
}

TEST_F(OutputParserTest, CombinesMatches) {
  const std::string output = "t=9\nt=1\nt=2\nt=6\nt=3\n";
  const auto combined = [&](MatchRule rule, uint64_t skip) {
    settings_.matches = rule;
    settings_.skip_matches = skip;
    return Found(output);
  };
  EXPECT_EQ(combined(MatchRule::kMean, 0), 4.2);
  EXPECT_EQ(combined(MatchRule::kMean, 1), 3);
  EXPECT_EQ(combined(MatchRule::kMedian, 0), 3);
  EXPECT_EQ(combined(MatchRule::kMedian, 1), 2.5);
  EXPECT_EQ(combined(MatchRule::kSum, 1), 12);
  EXPECT_EQ(combined(MatchRule::kMax, 1), 6);
  EXPECT_EQ(combined(MatchRule::kLast, 4), 3);
}

// print(round(x, 2)).
TEST_F(OutputParserTest, AMatchThatLacksZerosHasTheDigitsOfTheOthers) {
  settings_.matches = MatchRule::kMean;
  EXPECT_DOUBLE_EQ(Read("t=12.34\nt=12.3\nt=12.41\n")->reading->step, 0.01);
  EXPECT_DOUBLE_EQ(Read("t=9.87\nt=10.1\n")->reading->step, 0.1);
}

// All units over all time, if each match is of as many units.
TEST_F(OutputParserTest, TheMeanOfRatesIsHarmonic) {
  settings_.measure = Measure::kThroughput;
  settings_.matches = MatchRule::kMean;
  EXPECT_DOUBLE_EQ(Found("t=1\nt=3\n"), (1 + 1.0 / 3) / 2);
}

TEST_F(OutputParserTest, SkippedMatchesMustLeaveOne) {
  settings_.skip_matches = 2;
  EXPECT_EQ(ErrorOf("t=1\nt=2\n"),
            "--time-regex: it matches 2 times in the command's output, and --skip-matches leaves "
            "out 2");
  EXPECT_EQ(Found("t=1\nt=2\nt=3\n"), 3);
}

TEST_F(OutputParserTest, AnUnreadableMatchCountsOnlyIfItIsNeeded) {
  settings_.regex = "t=(.*)";
  EXPECT_EQ(Found("t=fast\nt=2\n"), 2);
  EXPECT_EQ(ErrorOf("t=2\nt=fast\n"),
            "--time-regex: its last match in the command's output, 'fast' is not a number");
  settings_.matches = MatchRule::kMean;
  EXPECT_EQ(ErrorOf("t=fast\nt=2\n"),
            "--time-regex: its match in the command's output, 'fast' is not a number");
}

// The expression reads a part of some numbers: the others may be wrong, too.
TEST_F(OutputParserTest, ACutNumberIsRefusedWhereverItIs) {
  settings_.regex = "t=([0-9.]+)";
  EXPECT_THAT(ErrorOf("t=1e-3\nt=0.002\n"),
              HasSubstr("its match in the command's output, '1' is a part of '1e-3'"));
  settings_.skip_matches = 1;
  EXPECT_EQ(Found("t=1e-3\nt=0.002\n"), 0.002);
}

TEST_F(OutputParserTest, RefusesAFigureThatIsNotPositive) {
  EXPECT_EQ(ErrorOf("t=0.0"),
            "--time-regex: its last match in the command's output, '0.0', is not above 0");
  EXPECT_THAT(ErrorOf("t=-3"), HasSubstr("'-3', is not above 0"));
  settings_.matches = MatchRule::kSum;
  EXPECT_THAT(ErrorOf("t=0\nt=0\n"), HasSubstr("is not above 0"));
}

// Its inverse is infinite, which no line of trials.jsonl can hold.
TEST_F(OutputParserTest, RefusesA0InTheUnitOfTheOtherQuantity) {
  settings_.measure = Measure::kThroughput;
  settings_.regex = "([0-9.]+) s/step";
  EXPECT_EQ(ErrorOf("0.00 s/step\n"),
            "--throughput-regex: its last match in the command's output, '0.00 s/step' is not "
            "above 0");
  const auto figures = Read("0.00 s/step\n0.02 s/step\n");
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_DOUBLE_EQ(figures->reading->largest, 50) << "the first match counts in no way";
  settings_.matches = MatchRule::kMean;
  EXPECT_THAT(ErrorOf("0.00 s/step\n0.02 s/step\n"), HasSubstr("'0.00 s/step' is not above 0"));
}

TEST_F(OutputParserTest, StandardOutputComesFirst) {
  EXPECT_EQ(Found("t=1\n", "t=2\n"), 1);
  EXPECT_EQ(Found("x\n", "t=2\n"), 2);
}

// Units and metrics may be on other streams than the figure.
TEST_F(OutputParserTest, EachExpressionHasItsStream) {
  settings_.units_regex = "([0-9]+) steps";
  settings_.metrics = {{"p99", "p99 ([0-9]+)"}};
  const auto figures = Read("t=2\np99 7\n", "20 steps\n");
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->units, 20);
  EXPECT_EQ(figures->metrics.at("p99"), 7);
}

// One piece at a time, among escape sequences and bytes that are not UTF-8.
TEST_F(OutputParserTest, ReadsTerminalOutput) {
  settings_.regex = "^t=([0-9.]+)$";
  EXPECT_EQ(Found("\x1b[2K\x1b[32mt=1\x1b[0m\rt=\x1b[1m2\x1b[0m\r"), 2);
  settings_.regex = "dur.*: ([0-9.]+)";
  EXPECT_EQ(Found("dur\xe9"
                  "e: 5\n"),
            5);
  EXPECT_EQ(Found(std::string("dur\0: 6\n", 8)), 6);
}

TEST_F(OutputParserTest, FindsAFigureBeforeALongRest) {
  auto parser = OutputParser::Compile(settings_);
  ASSERT_TRUE(parser.ok());
  OutputReader reader = parser->NewReader();
  reader.Append(OutputStream::kStandardOutput, "t=4\n");
  const std::string piece = absl::StrCat(std::string(99, 'x'), "\n");
  std::string pieces;
  for (int i = 0; i < 10'000; ++i) pieces += piece;
  for (int i = 0; i < 100; ++i) reader.Append(OutputStream::kStandardOutput, pieces);
  const auto figures = reader.Read(100);
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->seconds_per_unit, 4);
}

TEST_F(OutputParserTest, RefusesATimeLongerThanTheTrial) {
  EXPECT_EQ(ErrorOf("t=1.1", 0.25),
            "--time-regex: '1.1' would be a unit of 1.1 s, longer than the whole trial (0.25 s); "
            "give the unit of time, such as --unit ms");
  settings_.unit = "ms";
  EXPECT_TRUE(Read("t=1.1", "", 0.25).ok());
  // Rounded up.
  settings_.unit = "";
  EXPECT_TRUE(Read("t=0.3", "", 0.26).ok());
  // Several processes, or phases of each.
  settings_.matches = MatchRule::kSum;
  EXPECT_TRUE(Read("t=0.2\nt=0.2\n", "", 0.25).ok());
}

TEST_F(OutputParserTest, QuotesTheLastLinesIfNothingMatches) {
  const std::string why = ErrorOf("1\n2\n3\n4\n5\n6\nspeed: 12.5 req/s\ndone\n\n");
  EXPECT_THAT(why, HasSubstr("--time-regex: it matches nothing in the command's output"));
  EXPECT_THAT(why, HasSubstr("this line looks like a metric: 'speed: 12.5 req/s'"));
  EXPECT_THAT(why, HasSubstr("last lines:\n  4\n  5\n  6\n  speed: 12.5 req/s\n  done"));
  EXPECT_THAT(why, Not(HasSubstr("\n  3")));
  EXPECT_THAT(ErrorOf("plain\n"), Not(HasSubstr("looks like")));
  EXPECT_THAT(ErrorOf("\n \n"), HasSubstr("printed nothing"));
}

// The unit of a latency may change from trial to trial.
TEST_F(OutputParserTest, AMetricKeepsItsFirstUnit) {
  settings_.metrics = {{"p99", "p99 ([0-9.]+)"}};
  auto parser = OutputParser::Compile(settings_);
  ASSERT_TRUE(parser.ok());
  const auto metric = [&](const std::string& output) {
    OutputReader reader = parser->NewReader();
    reader.Append(OutputStream::kStandardOutput, "t=1\n" + output);
    return reader.Read(100)->metrics.at("p99");
  };
  EXPECT_EQ(metric("p99 7.5 ms"), 7.5);
  EXPECT_DOUBLE_EQ(metric("p99 1.5 s"), 1500);
  EXPECT_DOUBLE_EQ(metric("p99 950us"), 0.95);
}

TEST_F(OutputParserTest, AMetricKeepsTheUnitOfEarlierTrialsAfterResume) {
  settings_.metrics = {{"p99", "p99 ([0-9.]+)"}, {"errors", "errors ([0-9]+)"}};
  EXPECT_THAT(Read("t=1\np99 980 ms\nerrors 3\n")->metric_units,
              UnorderedElementsAre(Pair("p99", 1e-3)));
  settings_.metric_units = {{"p99", 1e-3}};
  const auto resumed = Read("t=1\np99 1.5 s\nerrors 3\n");
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_DOUBLE_EQ(resumed->metrics.at("p99"), 1500);
  EXPECT_EQ(resumed->metric_units, settings_.metric_units);
}

// 980 Mfoo would be more than 1.1 Gfoo.
TEST_F(OutputParserTest, RefusesAnUnknownUnitWhosePrefixChanges) {
  settings_.measure = Measure::kThroughput;
  settings_.regex = "rate ([0-9.]+)";
  auto parser = OutputParser::Compile(settings_);
  ASSERT_TRUE(parser.ok());
  const auto trial = [&](const std::string& output) {
    OutputReader reader = parser->NewReader();
    reader.Append(OutputStream::kStandardOutput, output);
    return std::string(reader.Read(100).status().message());
  };
  EXPECT_EQ(trial("rate 980 Mfoo\n"), "");
  EXPECT_EQ(trial("rate 970 Mfoo\n"), "");
  EXPECT_EQ(trial("rate 1.1 Gfoo\n"),
            "--throughput-regex: '1.1' is followed by 'Gfoo', an earlier figure by 'Mfoo'; print "
            "all of them in one unit");
  EXPECT_EQ(trial("rate 1.1 Gfoo\nrate 990 Mfoo\n"), "") << "the last one counts";
  settings_.matches = MatchRule::kMean;
  EXPECT_THAT(ErrorOf("rate 980 foo\nrate 1.2 kfoo\n"),
              HasSubstr("its match in the command's output, '1.2' is followed by 'kfoo'"));
}

TEST_F(OutputParserTest, RefusesAMetricThatIsGivenTwice) {
  settings_.metrics = {{"p", "a"}, {"p", "b"}};
  EXPECT_EQ(ErrorOf(""), "--metric: 'p' is given twice");
}

// The search of a stream finds what a search of the whole text finds.
TEST(OutputSearchTest, DoesNotDependOnTheWindow) {
  const auto regex = MetricRegex::Compile("^n=([0-9]+)$");
  ASSERT_TRUE(regex.ok());
  std::string output;
  for (int i = 0; i < 2000; ++i)
    absl::StrAppend(&output, "n=", i, "\n", i % 7 == 0 ? "noise\n" : "");
  const auto found = [&](size_t window, size_t piece) {
    std::string numbers;
    const auto add = [&](size_t, const RegexMatch& match) {
      absl::StrAppend(&numbers, match.number.In(match.line), " ");
    };
    OutputSearch search({&*regex}, window);
    for (size_t at = 0; at < output.size(); at += piece) {
      search.Append(absl::string_view(output).substr(at, piece), add);
      EXPECT_LE(search.text().size(), 2 * window + piece);
    }
    search.Finish(add);
    return numbers;
  };
  const std::string all = found(1 << 20, output.size());
  for (const size_t window : {64, 100, 1000}) {
    for (const size_t piece : {1, 17, 64}) EXPECT_EQ(found(window, piece), all) << window;
  }
}

}  // namespace
}  // namespace pyslow::trials
