#include "sweep/steps/conductor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::steps {
namespace {

using ::testing::ElementsAre;
using Kind = model::TrialOutcome::Kind;

// Fails `failures` times, then measures `measured`.
class FailingRunner : public trials::TrialRunner {
 public:
  absl::Status Prepare(const model::Setup& /*setup*/) override { return absl::OkStatus(); }
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    model::TrialOutcome outcome;
    outcome.why = "it failed";
    outcome.would_fail_again = is_misread;
    if (is_missing) outcome.kind = Kind::kNotMeasured;
    if (is_missing || failures-- > 0) return outcome;
    outcome.kind = Kind::kMeasured;
    outcome.trial = measured;
    outcome.trial.spec = spec;
    return outcome;
  }
  std::vector<std::string> Finish() override { return {"server (pid 9)"}; }

  int failures = 0;
  bool is_misread = false;
  bool is_missing = false;
  model::Trial measured;
};

class RepetitionObserver : public Observer {
 public:
  void PartBegins(const std::string& /*part*/, size_t /*trials*/) override {}
  void TrialDone(const model::Trial&, const std::string&, bool /*disturbed*/,
                 double seconds) override {
    trial_seconds = seconds;
  }
  void StepDone(const model::StepSummary&, const model::Findings&) override {}
  void TrialRepeated(const model::TrialSpec& /*spec*/, const std::string& arm,
                     const model::TrialOutcome& failure, int64_t repetition,
                     int64_t repetitions) override {
    events.push_back(arm + ": " + failure.why + " " + std::to_string(repetition) + "/" +
                     std::to_string(repetitions));
  }
  std::vector<std::string> events;
  double trial_seconds = 0;  // of the last trial
};

class ConductorTest : public ::testing::Test {
 protected:
  absl::Status RunOne() {
    model::Trial trial;
    return conductor_.RunOne("count", 0, {"control", true, {}}, &trial);
  }
  // Of the only warning.
  size_t Count(model::Warning::Kind kind) {
    const std::vector<model::Warning> warnings = conductor_.warnings().All();
    EXPECT_FALSE(warnings.empty());
    if (warnings.empty()) return 0;
    EXPECT_EQ(warnings.front().kind, kind);
    return warnings.front().count;
  }
  FailingRunner runner_;
  RepetitionObserver observer_;
  Conductor conductor_{&runner_, &observer_, 1, 2};
};

TEST_F(ConductorTest, ReportsAndCountsFailedTrials) {
  runner_.failures = 2;
  EXPECT_TRUE(RunOne().ok());
  EXPECT_THAT(observer_.events, ElementsAre("control: it failed 1/2", "control: it failed 2/2"));
  EXPECT_EQ(Count(model::Warning::Kind::kFailedTrials), 2U);
  EXPECT_EQ(conductor_.trials(), 1U);
}

TEST_F(ConductorTest, EndsAfterTheLastRepetition) {
  runner_.failures = 3;
  EXPECT_TRUE(absl::IsAborted(RunOne()));
  EXPECT_EQ(observer_.events.size(), 2U);
  EXPECT_EQ(conductor_.stop().why, "it failed");
}

TEST_F(ConductorTest, TheStartIsWhatTheFirstTrialIsLonger) {
  for (const double seconds : {100.0, 10.0, 10.0, 12.0}) {
    runner_.measured.wall_seconds = seconds;
    EXPECT_TRUE(RunOne().ok());
  }
  EXPECT_NEAR(conductor_.StartSeconds(), 100 - 32.0 / 3, 1e-9);
}

// Its options do not suit its output; later, a trial may print something unusual.
TEST_F(ConductorTest, RepeatsNoFirstTrialThatIsNotUnderstood) {
  runner_.is_misread = true;
  runner_.failures = 1;
  EXPECT_TRUE(absl::IsAborted(RunOne()));
  EXPECT_TRUE(observer_.events.empty());
  runner_.failures = 0;
  EXPECT_TRUE(RunOne().ok());
  runner_.failures = 1;
  EXPECT_TRUE(RunOne().ok());
  EXPECT_EQ(observer_.events.size(), 1U);
}

// A replayed log has no failed trials.
TEST_F(ConductorTest, CountsTheFailuresOfARecordedTrial) {
  runner_.measured.failures = 2;
  EXPECT_TRUE(RunOne().ok());
  EXPECT_EQ(Count(model::Warning::Kind::kFailedTrials), 2U);
  EXPECT_TRUE(observer_.events.empty());
}

// The time left was half of what it took, since the trials before it had no delays.
TEST_F(ConductorTest, ExpectsLongerTrialsUntilThoseWithDelaysAreKnown) {
  runner_.measured.wall_seconds = 10;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(RunOne().ok());
  EXPECT_EQ(observer_.trial_seconds, 13);
  const Arm delayed = {"1us a call", true, {{0, 1'000, 1}}};
  model::Trial trial;
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(conductor_.RunOne("global", i, delayed, &trial).ok());
  EXPECT_EQ(observer_.trial_seconds, 10);
}

TEST_F(ConductorTest, ExpectsNoLongerTrialsOfAFixedTime) {
  runner_.measured.wall_seconds = 10;
  conductor_.SetDelaysLengthen(false);
  EXPECT_TRUE(RunOne().ok());
  EXPECT_EQ(observer_.trial_seconds, 10);
}

// A time budget contains them, but the next trial probably does not fail.
TEST_F(ConductorTest, AddsTheTimeOfFailedTrials) {
  runner_.measured.wall_seconds = 2;
  runner_.measured.other_seconds = 0.5;
  EXPECT_TRUE(RunOne().ok());
  EXPECT_EQ(conductor_.seconds(), 2.5);
  EXPECT_EQ(conductor_.TrialSeconds(), 2.5);
  runner_.measured.wall_seconds = 1;
  runner_.measured.other_seconds = 1800;
  runner_.measured.failures = 2;
  EXPECT_TRUE(RunOne().ok());
  EXPECT_EQ(conductor_.seconds(), 1803.5);
  EXPECT_EQ(conductor_.TrialSeconds(), 1) << "without the longest";
}

TEST_F(ConductorTest, AMissingTrialIsForgotten) {
  runner_.is_missing = true;
  const absl::Status missing = RunOne();
  EXPECT_TRUE(absl::IsNotFound(missing));
  EXPECT_TRUE(conductor_.LacksTrial(missing));
  EXPECT_EQ(conductor_.stop().why, "");
  runner_.is_missing = false;
  runner_.failures = 3;
  EXPECT_FALSE(conductor_.LacksTrial(RunOne()));
  EXPECT_EQ(conductor_.stop().why, "it failed");
}

TEST_F(ConductorTest, CollectsTheProcessesLeftBehind) {
  runner_.measured.left = {"redis-server (pid 123)"};
  EXPECT_TRUE(RunOne().ok());
  conductor_.Finish();
  EXPECT_EQ(Count(model::Warning::Kind::kLeftProcesses), 2U);
  EXPECT_EQ(conductor_.warnings().All().front().text, "redis-server (pid 123)");
}

}  // namespace
}  // namespace pyslow::steps
