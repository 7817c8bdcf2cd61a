#include "sweep/trials/checked_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "sweep/trials/trial_outcome.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using Kind = TrialOutcome::Kind;

class FakeRunner : public TrialRunner {
 public:
  explicit FakeRunner(std::function<TrialOutcome()> run) : run_(std::move(run)) {}
  absl::Status Prepare(const Setup& /*setup*/) override { return absl::OkStatus(); }
  TrialOutcome Run(const TrialSpec& /*spec*/) override { return run_(); }
  void SetTimeLimit(int64_t ns) override { limit_ns = ns; }
  int64_t limit_ns = 0;

 private:
  std::function<TrialOutcome()> run_;
};

class CheckedTrialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }
  TrialOutcome Run(std::function<TrialOutcome()> run) {
    TrialSpec spec;
    spec.index = 4;
    return CheckedTrials(std::make_unique<FakeRunner>(std::move(run)), dir_, signals_.get())
        .Run(spec);
  }
  static TrialOutcome Measured() {
    TrialOutcome outcome;
    outcome.kind = Kind::kMeasured;
    return outcome;
  }
  static std::string TextOf(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  std::unique_ptr<SignalWatch> signals_;
};

TEST_F(CheckedTrialsTest, KeepsTheOutputOfEachFailure) {
  const TrialOutcome first = Run([] { return FailedOutcome("it failed", "reason 1\n"); });
  EXPECT_EQ(first.log, dir_ + "/trial-5.log");
  EXPECT_EQ(TextOf(first.log), "reason 1\n");
  const TrialOutcome second = Run([] {
    TrialOutcome outcome = FailedOutcome("the --load failed", "refused\n");
    outcome.server_output = "overloaded\n";
    return outcome;
  });
  EXPECT_EQ(second.log, dir_ + "/trial-5-2.log");
  EXPECT_EQ(TextOf(second.log), "refused\n\nThe output of the server:\noverloaded\n");
}

TEST_F(CheckedTrialsTest, WritesNoFileWithoutOutput) {
  EXPECT_EQ(Run([] { return FailedOutcome("it failed", ""); }).log, "");
  EXPECT_EQ(Run(Measured).kind, Kind::kMeasured);
  EXPECT_TRUE(std::filesystem::is_empty(dir_));
}

TEST_F(CheckedTrialsTest, PassesTheTimeLimitOn) {
  auto runner = std::make_unique<FakeRunner>(Measured);
  const FakeRunner& inner = *runner;
  CheckedTrials trials(std::move(runner), dir_, signals_.get());
  trials.SetTimeLimit(7);
  EXPECT_EQ(inner.limit_ns, 7);
}

TEST_F(CheckedTrialsTest, ATrialDuringAStopFails) {
  const TrialOutcome outcome = Run([] {
    kill(getpid(), SIGCONT);
    return Measured();
  });
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("stopped during the trial"));
  EXPECT_TRUE(outcome.was_stopped);
  EXPECT_EQ(Run(Measured).kind, Kind::kMeasured);
  EXPECT_FALSE(Run(Measured).was_stopped);
}

}  // namespace
}  // namespace pyslow::trials
