#include "sweep/trials/replaying_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = TrialOutcome::Kind;

// Records the calls, and measures a different time in each trial.
class RecordingRunner : public TrialRunner {
 public:
  absl::Status Prepare(const Setup& setup) override {
    requests.push_back("prepare " + setup.name);
    return absl::OkStatus();
  }
  TrialOutcome Run(const TrialSpec& spec) override {
    requests.push_back(absl::StrCat("run ", spec.index));
    std::this_thread::sleep_for(pause);
    TrialOutcome outcome;
    outcome.was_stopped = was_stopped;
    if (failures-- > 0) return outcome;
    outcome.kind = Kind::kMeasured;
    outcome.trial.spec = spec;
    outcome.trial.seconds_per_unit = static_cast<double>(requests.size());
    return outcome;
  }
  void SetTimeLimit(int64_t ns) override { requests.push_back(absl::StrCat("limit ", ns)); }
  std::vector<std::string> requests;
  int failures = 0;  // of the next trials
  bool was_stopped = false;
  std::chrono::milliseconds pause{0};  // the duration of a trial
};

TrialSpec Spec(int index) {
  TrialSpec spec;
  spec.index = index;
  spec.block = index;
  return spec;
}

class ReplayingRunnerTest : public ::testing::Test {
 protected:
  // Runs a new sweep with two trials of one setup and one of another.
  void Sweep() {
    auto log = TrialLog::Create(path_, {}, {});
    ASSERT_TRUE(log.ok()) << log.status();
    RecordingRunner runner;
    ReplayingRunner replaying({}, &runner, log->get(), path_);
    ASSERT_TRUE(replaying.Prepare(a_).ok());
    times_.push_back(replaying.Run(Spec(0)).trial.seconds_per_unit);
    times_.push_back(replaying.Run(Spec(1)).trial.seconds_per_unit);
    ASSERT_TRUE(replaying.Prepare(b_).ok());
    times_.push_back(replaying.Run(Spec(2)).trial.seconds_per_unit);
    EXPECT_THAT(runner.requests, ElementsAre("prepare a", "run 0", "run 1", "prepare b", "run 2"));
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  const std::string path_ = dir_ + "/trials.jsonl";
  const trials::Setup a_ = {"a", "a:*", {"a"}};
  const trials::Setup b_ = {"b", "b:*", {"b"}};
  std::vector<double> times_;
};

TEST_F(ReplayingRunnerTest, ReturnsRecordedTrialsWithoutRunning) {
  Sweep();
  ReplayingRunner replaying(*ReadTrialLog(path_), nullptr, nullptr, path_);
  ASSERT_TRUE(replaying.Prepare(a_).ok());
  EXPECT_EQ(replaying.Run(Spec(0)).trial.seconds_per_unit, times_[0]);
  EXPECT_EQ(replaying.Run(Spec(1)).trial.seconds_per_unit, times_[1]);
  ASSERT_TRUE(replaying.Prepare(b_).ok());
  EXPECT_FALSE(replaying.AtEnd());
  EXPECT_EQ(replaying.Run(Spec(2)).trial.seconds_per_unit, times_[2]);
  EXPECT_TRUE(replaying.AtEnd());
  EXPECT_EQ(replaying.replayed(), 3U);
  const TrialOutcome more = replaying.Run(Spec(3));
  EXPECT_EQ(more.kind, Kind::kNotMeasured);
  EXPECT_EQ(more.why, "not measured");
}

TEST_F(ReplayingRunnerTest, RecordsTheFailuresOfATrialThatSucceedsLater) {
  {
    auto log = TrialLog::Create(path_, {}, {});
    ASSERT_TRUE(log.ok()) << log.status();
    RecordingRunner runner;
    runner.failures = 2;
    ReplayingRunner replaying({}, &runner, log->get(), path_);
    ASSERT_TRUE(replaying.Prepare(a_).ok());
    EXPECT_EQ(replaying.Run(Spec(0)).kind, Kind::kFailed);
    EXPECT_EQ(replaying.Run(Spec(0)).kind, Kind::kFailed);
    EXPECT_EQ(replaying.Run(Spec(0)).trial.failures, 2);
    EXPECT_EQ(replaying.Run(Spec(1)).trial.failures, 0);
  }
  ReplayingRunner replaying(*ReadTrialLog(path_), nullptr, nullptr, path_);
  ASSERT_TRUE(replaying.Prepare(a_).ok());
  EXPECT_EQ(replaying.Run(Spec(0)).trial.failures, 2);
  EXPECT_EQ(replaying.Run(Spec(1)).trial.failures, 0);
}

// So that a time budget contains it, also in a replay.
TEST_F(ReplayingRunnerTest, RecordsTheTimeOfFailedTrials) {
  double other_seconds = 0;
  {
    auto log = TrialLog::Create(path_, {}, {});
    ASSERT_TRUE(log.ok()) << log.status();
    RecordingRunner runner;
    runner.failures = 2;
    runner.pause = std::chrono::milliseconds(20);
    ReplayingRunner replaying({}, &runner, log->get(), path_);
    ASSERT_TRUE(replaying.Prepare(a_).ok());
    replaying.Run(Spec(0));
    replaying.Run(Spec(0));
    other_seconds = replaying.Run(Spec(0)).trial.other_seconds;
    EXPECT_GE(other_seconds, 0.06);
  }
  ReplayingRunner replaying(*ReadTrialLog(path_), nullptr, nullptr, path_);
  ASSERT_TRUE(replaying.Prepare(a_).ok());
  EXPECT_EQ(replaying.Run(Spec(0)).trial.other_seconds, other_seconds);
}

// Ctrl-Z over lunch uses up no time budget.
TEST_F(ReplayingRunnerTest, CountsNoTimeOfATrialThatWasStopped) {
  RecordingRunner runner;
  runner.failures = 1;
  runner.was_stopped = true;
  runner.pause = std::chrono::milliseconds(200);
  ReplayingRunner replaying({}, &runner, nullptr, path_);
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin = Clock::now();
  ASSERT_TRUE(replaying.Prepare(a_).ok());
  std::chrono::duration<double> seconds = Clock::now() - begin;
  EXPECT_EQ(replaying.Run(Spec(0)).kind, Kind::kFailed);
  runner.was_stopped = false;
  runner.pause = std::chrono::milliseconds(0);
  begin = Clock::now();
  const double other_seconds = replaying.Run(Spec(0)).trial.other_seconds;
  seconds += Clock::now() - begin;
  EXPECT_LE(other_seconds, seconds.count());
}

TEST_F(ReplayingRunnerTest, RunsTrialsAfterTheEndOfTheLog) {
  Sweep();
  {
    auto resumed = TrialLog::Continue(path_, {});
    ASSERT_TRUE(resumed.ok());
    RecordingRunner runner;
    ReplayingRunner replaying(std::move(resumed->second), &runner, resumed->first.get(), path_);
    ASSERT_TRUE(replaying.Prepare(a_).ok());
    replaying.Run(Spec(0));
    replaying.Run(Spec(1));
    ASSERT_TRUE(replaying.Prepare(b_).ok());
    replaying.Run(Spec(2));
    EXPECT_THAT(runner.requests, IsEmpty());
    replaying.Run(Spec(3));
    EXPECT_THAT(runner.requests, ElementsAre("prepare a", "prepare b", "run 3"));
    ASSERT_TRUE(replaying.Prepare(a_).ok());
    replaying.Run(Spec(4));
    ASSERT_TRUE(replaying.Prepare(b_).ok());
    replaying.Run(Spec(5));
  }
  ReplayingRunner again(*ReadTrialLog(path_), nullptr, nullptr, path_);
  const std::vector<std::pair<trials::Setup, int>> requests = {{a_, 0}, {a_, 1}, {b_, 2},
                                                               {b_, 3}, {a_, 4}, {b_, 5}};
  for (const auto& [setup, index] : requests) {
    ASSERT_TRUE(again.Prepare(setup).ok());
    EXPECT_EQ(again.Run(Spec(index)).kind, Kind::kMeasured) << index;
  }
}

// A live program that is resumed in a later step instruments what it did before.
TEST_F(ReplayingRunnerTest, PreparesEachSetupInOrderBeforeTheFirstTrialThatRuns) {
  Sweep();
  RecordingRunner runner;
  ReplayingRunner replaying(*ReadTrialLog(path_), &runner, nullptr, path_);
  const trials::Setup c = {"c", "c:*", {"c"}};
  for (const trials::Setup& setup : {a_, c, b_}) {
    ASSERT_TRUE(replaying.Prepare(setup).ok());
  }
  EXPECT_THAT(runner.requests, IsEmpty());
  replaying.Run(Spec(3));
  replaying.Run(Spec(4));
  EXPECT_THAT(runner.requests,
              ElementsAre("prepare a", "prepare c", "prepare b", "run 3", "run 4"));
}

TEST_F(ReplayingRunnerTest, PassesTheTimeLimitOn) {
  RecordingRunner runner;
  ReplayingRunner({}, &runner, nullptr, path_).SetTimeLimit(7);
  EXPECT_THAT(runner.requests, ElementsAre("limit 7"));
  ReplayingRunner({}, nullptr, nullptr, path_).SetTimeLimit(7);
}

TEST_F(ReplayingRunnerTest, ReturnsNoTrialOfAnotherSetupOrSpec) {
  Sweep();
  ReplayingRunner replaying(*ReadTrialLog(path_), nullptr, nullptr, path_);
  ASSERT_TRUE(replaying.Prepare(b_).ok());
  EXPECT_EQ(replaying.Run(Spec(0)).kind, Kind::kNotMeasured);
  TrialSpec slowed = Spec(2);
  slowed.treatments = {{0, 10, 1}};
  EXPECT_EQ(replaying.Run(slowed).kind, Kind::kNotMeasured);
}

TEST_F(ReplayingRunnerTest, FailsIfTheLogCannotBeWritten) {
  auto log = TrialLog::Create(path_, {}, {});
  ASSERT_TRUE(log.ok());
  RecordingRunner runner;
  ReplayingRunner replaying({}, &runner, log->get(), path_);
  ASSERT_TRUE(replaying.Prepare(a_).ok());
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small = {std::filesystem::file_size(path_), limit.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const TrialOutcome outcome = replaying.Run(Spec(0));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("trials.jsonl: cannot be written"));
  EXPECT_THAT(outcome.why, HasSubstr("the trials before it are kept"));
}

}  // namespace
}  // namespace pyslow::trials
