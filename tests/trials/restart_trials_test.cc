#include "trials/restart_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using Kind = TrialOutcome::Kind;

// A shell script stands for pyslow: it makes the session directory that it is told of and runs what
// follows as a shell's words.
constexpr char kFakePyslow[] = R"(#!/bin/sh
for word; do
  case $word in
    --session=*) mkdir "${word#--session=}" ;;
    --delay=*) delay=${word#--delay=} ;;
    --*) ;;
    *) eval "$word"; exit ;;
  esac
done
)";

class RestartTrialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "pyslow-trials-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    settings_.pyslow = dir_ + "/pyslow";
    std::ofstream(settings_.pyslow) << kFakePyslow;
    ASSERT_EQ(chmod(settings_.pyslow.c_str(), 0700), 0);
    settings_.measure = Measure::kThroughput;
    settings_.regex = "([0-9.]+) units/s";
    settings_.timeout_ns = 30'000'000'000;
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  TrialOutcome Run(const std::string& script) {
    settings_.command = {script};
    std::optional<Metric> metric;
    if (settings_.measure != Measure::kWallTime) metric = *Metric::Compile(settings_.regex);
    const SessionReader reader = [&](const std::string& session) -> absl::StatusOr<SessionReading> {
      if (!std::filesystem::is_directory(session)) return absl::NotFoundError("no session");
      return SessionReading{counts_, life_seconds_};
    };
    RestartTrials trials(settings_, std::move(metric), {"PATH=/usr/bin:/bin"}, dir_, reader,
                         signals_.get());
    return trials.Run({2, 1, 10'000});
  }

  std::string dir_;
  Settings settings_;
  std::optional<TrialCounts> counts_ = TrialCounts{20, 10, 100'000, 100'500};
  std::optional<double> life_seconds_ = 0.5;
  std::unique_ptr<SignalWatch> signals_;
};

TEST_F(RestartTrialsTest, MeasureThroughputAndCounts) {
  const TrialOutcome outcome = Run("echo $delay: 50 units/s");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  EXPECT_EQ(outcome.trial.index, 2);
  EXPECT_EQ(outcome.trial.block, 1);
  EXPECT_EQ(outcome.trial.delay_ns, 10'000);
  EXPECT_DOUBLE_EQ(outcome.trial.seconds_per_unit, 0.02);
  EXPECT_EQ(outcome.trial.counts, counts_);
}

TEST_F(RestartTrialsTest, TakeTheWindowFromTheSessionsLife) {
  settings_.start_ns = 100'000'000;
  EXPECT_DOUBLE_EQ(Run("echo 50 units/s").trial.window_seconds, 0.4);
}

TEST_F(RestartTrialsTest, TakeTheWindowFromTheWallTimeWhereTheLifeIsUnknown) {
  life_seconds_.reset();
  const Trial trial = Run("echo 50 units/s").trial;
  EXPECT_EQ(trial.window_seconds, trial.wall_seconds);
}

TEST_F(RestartTrialsTest, MeasureSecondsPerUnit) {
  settings_.measure = Measure::kTime;
  EXPECT_DOUBLE_EQ(Run("echo 50 units/s").trial.seconds_per_unit, 50);
}

TEST_F(RestartTrialsTest, MeasureTheWallTimeOfTheCommand) {
  settings_.measure = Measure::kWallTime;
  const Trial trial = Run("sleep 0.2").trial;
  EXPECT_GE(trial.seconds_per_unit, 0.2);
  EXPECT_EQ(trial.seconds_per_unit, trial.wall_seconds);
}

TEST_F(RestartTrialsTest, RemoveTheSessionOnceItIsRead) {
  ASSERT_EQ(Run("echo 50 units/s").kind, Kind::kMeasured);
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/session-3"));
}

TEST_F(RestartTrialsTest, GoOnWhereCountsAreNotAllKnown) {
  counts_.reset();
  const TrialOutcome outcome = Run("echo 50 units/s");
  EXPECT_EQ(outcome.kind, Kind::kMeasured);
  EXPECT_FALSE(outcome.trial.counts.has_value());
}

TEST_F(RestartTrialsTest, ShowTheOutputOfACommandThatFails) {
  const TrialOutcome outcome = Run("echo Traceback of mine >&2; exit 3");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_EQ(outcome.why, "the command exited with status 3");
  EXPECT_EQ(outcome.output, "Traceback of mine\n");
}

TEST_F(RestartTrialsTest, TellASignalInWords) {
  EXPECT_THAT(Run("kill -SEGV $$").why, HasSubstr("signal 11 (Segmentation fault)"));
}

TEST_F(RestartTrialsTest, StopAtTheTimeout) {
  settings_.timeout_ns = 100'000'000;
  const TrialOutcome outcome = Run("echo started; sleep 100");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("did not end within 100ms (--timeout)"));
  EXPECT_EQ(outcome.output, "started\n");
}

TEST_F(RestartTrialsTest, NameTheOptionWhereNothingMatches) {
  EXPECT_THAT(Run("echo hello").why, HasSubstr("--throughput-regex: it matches nothing"));
}

TEST_F(RestartTrialsTest, ReportASessionThatCannotBeRead) {
  EXPECT_THAT(Run("rmdir session* 2>/dev/null; rmdir " + dir_ + "/session-3; echo 5 units/s").why,
              HasSubstr("its calls could not be counted: no session"));
}

TEST(WindowSeconds, IsWhatOfTheProcessLiesInTheWindow) {
  constexpr int64_t kSecond = 1'000'000'000;
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 0, 0), 10);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 3 * kSecond, 0), 7);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 3 * kSecond, 5 * kSecond), 5);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 8 * kSecond, 5 * kSecond), 2);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 11 * kSecond, 0), 0);
}

}  // namespace
}  // namespace pyslow::trials
