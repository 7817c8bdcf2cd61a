// Warnings about trials that failed, or that left processes behind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sweep/model/warning.h"
#include "sweep/render/progress.h"
#include "sweep/render/reason_words.h"

namespace pyslow::render {
namespace {

using ::testing::HasSubstr;
using Kind = model::Warning::Kind;

TEST(TrialWarnings, CountsFailedTrials) {
  model::Warning warning;
  warning.kind = Kind::kFailedTrials;
  warning.count = 1;
  EXPECT_THAT(WarningSentence(warning, "run"), HasSubstr("1 trial failed and was repeated; "));
  warning.count = 3;
  EXPECT_THAT(WarningSentence(warning, "run"), HasSubstr("3 trials failed and were repeated; "));
}

TEST(TrialWarnings, CountsStalls) {
  model::Warning warning;
  warning.kind = Kind::kStalls;
  warning.count = 24;
  warning.total = 165;
  warning.ratio = 0.312;
  EXPECT_THAT(WarningSentence(warning, "run"),
              HasSubstr("Stalls: 24 of 165 trials took longer than others with the same delay, by "
                        "31% on average. They were measured again and do not count. "));
}

TEST(TrialWarnings, NamesTheProcessesLeftBehind) {
  model::Warning warning;
  warning.kind = Kind::kLeftProcesses;
  warning.count = 2;
  warning.text = "redis-server (pid 123)";
  EXPECT_THAT(
      WarningSentence(warning, "run"),
      HasSubstr("left processes behind 2 times, such as redis-server (pid 123). They were"));
  EXPECT_EQ(LeftProcessesLine({"a (pid 1)"}),
            "the command left 1 process behind: a (pid 1); it was ended");
  EXPECT_EQ(LeftProcessesLine({"a (pid 1)", "b (pid 2)"}),
            "the command left 2 processes behind: a (pid 1), b (pid 2); they were ended");
}

TEST(TrialWarnings, ReportsARepetitionInOneLine) {
  FailedTrial failed = {3, "global, 10us a call", "no match; its last lines:\n  x", "out/t.log", 1,
                        2};
  EXPECT_EQ(FailedTrialLine(failed),
            "trial 3, global, 10us a call: no match; it is repeated (1 of at most 2); "
            "its output is in out/t.log");
  failed.log = "";
  EXPECT_THAT(FailedTrialLine(failed), HasSubstr("(1 of at most 2)"));
}

TEST(TrialWarnings, SayWhichMatchCounts) {
  model::Warning warning;
  warning.kind = Kind::kMatchesDiffer;
  warning.count = 50;
  warning.low = 0.002;
  warning.high = 0.0101;
  EXPECT_EQ(WarningSentence(warning, "unit"),
            "The expression matched 50 times in a trial, from 0.002 to 0.0101, and the last one "
            "counts; see --matches mean and --skip-matches.");
  warning.high = 123456.5;
  EXPECT_THAT(WarningSentence(warning, "unit"), HasSubstr("from 0.002 to 123456.5, and"));
  EXPECT_EQ(ReadAsLine("1.05s/it", "0.9524 it/s"), "read '1.05s/it' as 0.9524 it/s");
}

TEST(TrialWarnings, CountPollsWithoutAnExponent) {
  model::Warning warning;
  warning.kind = Kind::kPolls;
  warning.count = 6;
  warning.share = 0.97;
  warning.high = 13310;
  warning.low = 6803;
  EXPECT_THAT(WarningSentence(warning, "unit"),
              HasSubstr("97% of all calls (13310 a unit; 6803 with the largest delay,"));
}

TEST(TrialWarnings, GiveTheStepOfARoundedFigure) {
  model::Warning warning;
  warning.kind = Kind::kCoarseFigure;
  warning.ratio = 0.25;
  EXPECT_THAT(WarningSentence(warning, "unit"),
              HasSubstr("its last digit is 25% of a unit's time"));
}

}  // namespace
}  // namespace pyslow::render
