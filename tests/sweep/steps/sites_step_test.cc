// Step 6, the calls of a function by their callers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr double kUnitsOfTrial = 100;

model::FunctionCounts Counted(const std::string& qualname, uint32_t group, uint64_t calls,
                              uint64_t own_us) {
  model::FunctionCounts counts;
  counts.id = {"m", qualname, "/lib/m.py", 1};
  counts.group = group;
  counts.calls = calls * static_cast<uint64_t>(kUnitsOfTrial);
  counts.own_ns = own_us * 1'000 * static_cast<uint64_t>(kUnitsOfTrial);
  return counts;
}

// A unit takes 20 ms with the events of calls, and makes 1000 calls: each has 10 us more than in
// the other steps, where a unit takes 10 ms.
class CallTrials : public trials::TrialRunner {
 public:
  absl::Status Prepare(const model::Setup& /*setup*/) override { return absl::OkStatus(); }
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    model::TrialOutcome outcome;
    outcome.kind = model::TrialOutcome::Kind::kMeasured;
    outcome.trial.spec = spec;
    outcome.trial.seconds_per_unit = 0.020;
    outcome.trial.units = kUnitsOfTrial;
    outcome.trial.wall_seconds = outcome.trial.window_seconds = 2;
    outcome.trial.functions = {Counted("main -> m:f", 0, 10, 9'000),
                               Counted("often -> m:f", 0, 100, 1'050),
                               Counted("rest", 1, 890, 9'950)};
    return outcome;
  }
};

Subject FunctionF() {
  Subject function;
  function.kind = model::SubjectKind::kFunction;
  function.name = "m:f";
  function.function = FunctionId{"m", "f", "/lib/m.py", 1};
  return function;
}

// Of the 1050 us of the frequent calls, 1000 us are that of their events.
TEST(SitesStep, SubtractsWhatTheEventsOfItsOwnTrialsCost) {
  CallTrials runner;
  NoObserver observer;
  Conductor conductor(&runner, &observer, 1);
  Settings settings;
  settings.trials.measure = trials::Measure::kProgress;
  CountResult count;
  count.own_trial_seconds = 0.0101;
  count.everything.all_calls_per_unit = 500;
  const PartsResult sites = ExamineCallSites({settings, conductor, observer}, count,
                                             BaselineOf(0.010, settings), FunctionF());
  ASSERT_TRUE(sites.status.ok()) << sites.status;
  ASSERT_THAT(sites.parts, SizeIs(2));
  EXPECT_EQ(sites.parts.front().name, "m:main -> m:f");
  EXPECT_EQ(sites.parts.front().curve.reason.kind, model::Reason::Kind::kOnlyOne);
  EXPECT_EQ(sites.parts.back().name, "m:often -> m:f");
  EXPECT_EQ(sites.parts.back().curve.reason.kind, model::Reason::Kind::kLittleToGain);
  EXPECT_NEAR(sites.parts.back().own_seconds_per_unit, 50e-6, 1e-6);
  ASSERT_TRUE(sites.summary.has_value());
  EXPECT_THAT(sites.summary->names, ElementsAre("m:main -> m:f"));
}

// A trial takes 2 s.
TEST(SitesStep, CountsNothingWithoutTime) {
  CallTrials runner;
  NoObserver observer;
  Conductor conductor(&runner, &observer, 1);
  Settings settings;
  settings.trials.measure = trials::Measure::kProgress;
  settings.budget_seconds = 5;
  model::Trial trial;
  ASSERT_TRUE(conductor.RunOne("count", 0, {"control", true, {}}, &trial).ok());
  const PartsResult sites = ExamineCallSites({settings, conductor, observer}, {},
                                             BaselineOf(0.010, settings), FunctionF());
  ASSERT_TRUE(sites.status.ok()) << sites.status;
  ASSERT_TRUE(sites.summary.has_value());
  EXPECT_EQ(sites.summary->outcome, model::StepSummary::Outcome::kNoTime);
  EXPECT_EQ(conductor.trials(), 1U);
}

}  // namespace
}  // namespace pyslow::steps
