#include "sweep/render/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/width.h"

namespace pyslow::render {
namespace {

constexpr double kNoBudget = std::numeric_limits<double>::infinity();

std::string BarText(const Progress& progress, size_t width) {
  std::string bar = ProgressBar(progress, width);
  EXPECT_EQ(bar.front(), '\r');
  EXPECT_EQ(bar.substr(bar.size() - 3), "\033[K");
  return bar.substr(1, bar.size() - 4);
}

TEST(ProgressBarTest, ShowsTrialsAndRemainingTime) {
  const std::string bar = BarText({12, 48, 90, 600, "global, block 3, 10us"}, 90);
  EXPECT_NE(bar.find(" 12/48  ~1:30 left, max 10:00  global, block 3, 10us"), std::string::npos)
      << bar;
}

TEST(ProgressBarTest, FitsItsWidth) {
  for (size_t width = 20; width < 100; ++width) {
    const Progress progress = {12, 480, 30, 600,
                               "curve 名前名前名前名前:a_rather_long_function_name"};
    EXPECT_LT(DisplayWidth(BarText(progress, width)), width);
  }
}

TEST(ProgressBarTest, ElidesTheMiddleOfTheCurrentTrial) {
  const Progress progress = {1, 2, 3, kNoBudget,
                             "one by one: a_rather_long_function_name by 100us a call"};
  const std::string bar = BarText(progress, 60);
  EXPECT_NE(bar.find("left  one"), std::string::npos) << bar;
  EXPECT_NE(bar.find("100us a call"), std::string::npos) << bar;
}

TEST(ProgressBarTest, EscapesControlCharacters) {
  EXPECT_EQ(BarText({1, 2, 3, 3, "\033[2J"}, 80).find('\033'), std::string::npos);
}

TEST(ProgressBarTest, HasNoRemainingTimeIfItIsUnknown) {
  const std::string bar = BarText({3, 0, 0, 600, "own time"}, 80);
  EXPECT_EQ(bar.find("left"), std::string::npos);
  EXPECT_NE(bar.find(" trial 3  own time"), std::string::npos) << bar;
}

TEST(ProgressLineTest, IsPlainText) {
  EXPECT_EQ(ProgressLine({1, 3, 7200, kNoBudget, "pilot"}),
            "trial 1 of about 3, about 2:00:00 left: pilot");
  EXPECT_EQ(ProgressLine({1, 3, 70, 7200, "pilot"}),
            "trial 1 of about 3, about 1:10 left, at most 2:00:00: pilot");
  EXPECT_EQ(ProgressLine({1, 3, 70, 70, "pilot"}), "trial 1 of about 3, at most 1:10 left: pilot");
  EXPECT_EQ(ProgressLine({1, 0, 0, 600, "count"}), "trial 1: count");
}

TEST(BenchmarkLine, NamesTheFigureAndHowToChooseAnother) {
  model::BenchmarkFound found = {"wrk", "wrk", "requests per second", "Requests/sec: 5", {}};
  EXPECT_EQ(BenchmarkLine(found),
            "the output is that of wrk, whose figure is 'Requests/sec: 5', requests per second; to "
            "choose another: --benchmark NAME (see --list-benchmarks), --benchmark none for the "
            "time of a run, or an expression such as --throughput-regex");
  found.others = {"hey", "tqdm"};
  EXPECT_THAT(BenchmarkLine(found),
              testing::HasSubstr("; it is also that of hey, tqdm; to choose another: --benchmark "
                                 "hey (see"));
}

}  // namespace
}  // namespace pyslow::render
