// What a sweep does if its time budget is short.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/repeat_stalls.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

// Keeps the longest delay per call, and counts the trials of each part.
class WatchedTrials : public SimulatedTrials {
 public:
  WatchedTrials(const SimulatedProgram& program, uint64_t seed)
      : SimulatedTrials(program, 100, seed) {}
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    for (const model::Treatment& one : spec.treatments) {
      longest_ns = std::max(longest_ns, one.delay_ns / one.frequency);
    }
    ++of_part[spec.part];
    return SimulatedTrials::Run(spec);
  }
  int64_t longest_ns = 0;
  std::map<std::string, size_t> of_part;
};

// Runs of 20 s with a hidden function: the first part of 10 minutes has time for two blocks, and
// none for a trial of a larger delay.
TEST(SweepWithLittleTime, BuildsOnNoDelayThatWasNotTried) {
  constexpr double kCalls = 10;
  SimulatedProgram program =
      ProgramOf({{"app", "hidden"}}, kCalls, [](const auto& /*doses*/) { return 0.0; });
  program.units = 2'000;
  program.workload.disturbance.noise = 0.05;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Settings settings = SettingsOf(seed);
    settings.steps = {true, false, false};
    WatchedTrials trials(program, seed);
    Silent observer;
    const SweepEnd end = RunSweep(settings, &trials, &observer);
    ASSERT_TRUE(end.status.ok()) << end.status;
    // --max-slowdown 4 allows 3.
    const double longest_dose = static_cast<double>(trials.longest_ns) * 1e-9 * kCalls;
    EXPECT_LE(longest_dose, 3.5 * kT0) << seed;
  }
}

// Six blocks of four arms, one trial of which stalled.
BlockedTrials WithAStall() {
  BlockedTrials trials;
  for (const char* const name : {"control", "1us", "2us", "4us"}) {
    trials.arms.push_back({name, true, {}});
  }
  for (size_t block = 0; block < 6; ++block) {
    trials.blocks.emplace_back();
    for (size_t arm = 0; arm < 4; ++arm) {
      ArmTrial& one = trials.blocks.back().emplace_back();
      one.arm = one.slot = arm;
      one.trial.seconds_per_unit = 0.010 + 1e-5 * static_cast<double>((7 * block + 3 * arm) % 5);
    }
  }
  trials.blocks[2][1].trial.seconds_per_unit = 0.020;
  return trials;
}

// Replays a log of a version that repeated no trial.
struct NoRepetitions : SimulatedTrials {
  using SimulatedTrials::SimulatedTrials;
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    return spec.attempt == 0 ? SimulatedTrials::Run(spec) : NotRecorded();
  }
};

// A conductor of trials of a program of 10 ms that take `added_seconds` longer.
template <class Runner>
struct ConductorOf {
  explicit ConductorOf(double added_seconds)
      : runner(ProgramOf({{"app", "f"}}, 10,
                         [added_seconds](const auto& /*doses*/) { return added_seconds; }),
               100, 1) {
    EXPECT_TRUE(conductor.Prepare({"all", "*:*\n", {"default"}}).ok());
  }
  absl::Status Repeat(double until_seconds, BlockedTrials* trials) {
    return RepeatStalls({settings, conductor, observer}, until_seconds, trials);
  }

  Runner runner;
  Silent observer;
  Conductor conductor{&runner, &observer, 1};
  Settings settings = SettingsOf(1);
};

TEST(RepeatStalls, DoesWithoutARepetitionThatALogLacks) {
  ConductorOf<NoRepetitions> replay(0);
  BlockedTrials trials = WithAStall();
  EXPECT_TRUE(replay.Repeat(1e6, &trials).ok());
  EXPECT_FALSE(trials.blocks[2][1].is_replaced);
}

TEST(RepeatStalls, MeasuresATrialThreeTimesAtMost) {
  // Each trial of a second is a stall beside those of 10 ms.
  ConductorOf<SimulatedTrials> sweep(1);
  BlockedTrials trials = WithAStall();
  for (int look = 0; look < 3; ++look) {
    ASSERT_TRUE(sweep.Repeat(1e6, &trials).ok());
  }
  EXPECT_EQ(sweep.conductor.trials(), 3U);
}

TEST(RepeatStalls, EndsWithTheTime) {
  ConductorOf<SimulatedTrials> sweep(0);
  Conductor& conductor = sweep.conductor;
  model::Trial first;  // of 1 s
  ASSERT_TRUE(conductor.RunOne("count", 0, {"control", true, {}}, &first).ok());
  BlockedTrials trials = WithAStall();
  ASSERT_TRUE(sweep.Repeat(1.5, &trials).ok());
  EXPECT_EQ(conductor.trials(), 1U);
  EXPECT_FALSE(trials.blocks[2][1].is_replaced);
  ASSERT_TRUE(sweep.Repeat(10, &trials).ok());
  EXPECT_EQ(conductor.trials(), 2U);
  EXPECT_TRUE(trials.blocks[2][1].is_replaced);
  const std::vector<model::Warning> warnings = conductor.warnings().All();
  EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(), [](const auto& warning) {
    return warning.kind == model::Warning::Kind::kStalls;
  }));
  trials = WithAStall();
  sweep.settings.blocks = 6;  // --runs
  ASSERT_TRUE(sweep.Repeat(1.5, &trials).ok());
  EXPECT_EQ(conductor.trials(), 3U);
}

// Two subjects need three blocks for an interval.
TEST(SweepWithLittleTime, ComparesNoSubjectWithoutAnInterval) {
  const SimulatedProgram program =
      ProgramOf({{"a", "f"}, {"b", "g"}}, 10,
                [](const std::vector<double>& doses) { return doses[0] + doses[1]; });
  size_t compared = 0;
  for (int budget_seconds = 5; budget_seconds <= 40; ++budget_seconds) {
    Settings settings = SettingsOf(1);
    settings.steps = {false, true, false};
    settings.budget_seconds = budget_seconds;  // of trials of 1 s
    WatchedTrials trials(program, 1);
    Silent observer;
    const SweepEnd end = RunSweep(settings, &trials, &observer);
    ASSERT_TRUE(end.status.ok()) << end.status;
    EXPECT_LE(end.trial_seconds, budget_seconds + 4);
    for (const char* const name : {"a", "b"}) {
      const model::Result* const result = Named(end.findings.groups, name);
      ASSERT_NE(result, nullptr) << budget_seconds;
      if (result->curve.trials == 0) {
        EXPECT_EQ(result->curve.reason.kind, model::Reason::Kind::kNotTried) << budget_seconds;
        EXPECT_EQ(end.findings.steps.back().outcome, model::StepSummary::Outcome::kNoTime);
        continue;
      }
      ++compared;
      ASSERT_TRUE(result->curve.kappa.has_value()) << budget_seconds;
      EXPECT_TRUE(result->curve.kappa->range.has_value()) << budget_seconds;
    }
  }
  EXPECT_GT(compared, 20U);
  EXPECT_LT(compared, 60U);
}

// Trials of 1 s, of which four are used for the count: a comparison needs 8, and a curve 12.
TEST(SweepWithLittleTime, TheOnlyFunctionIsNotTriedForLackOfTime) {
  SimulatedProgram program = ProgramOf({{"app", "f", 500'000}, {"app", "rare", 10}}, 10,
                                       [](const std::vector<double>& doses) { return doses[0]; });
  program.workload.disturbance.noise = 0;
  Settings settings = SettingsOf(1);
  settings.steps = {false, false, true};
  settings.budget_seconds = 15.6;
  WatchedTrials trials(program, 1);
  Silent observer;
  const SweepEnd end = RunSweep(settings, &trials, &observer);
  ASSERT_TRUE(end.status.ok()) << end.status;
  const model::Result* const only = Named(end.findings.functions, "app:f");
  ASSERT_NE(only, nullptr);
  EXPECT_EQ(only->curve.reason.kind, model::Reason::Kind::kNotTried);
  EXPECT_EQ(end.findings.steps.back().outcome, model::StepSummary::Outcome::kNoTime);
  EXPECT_LE(end.trial_seconds, *settings.budget_seconds);
}

TEST(SweepWithLittleTime, TheCountSaysWhatTheNextStepNeeds) {
  const SimulatedProgram program =
      ProgramOf({{"app", "f"}}, 10, [](const std::vector<double>& doses) { return doses[0]; });
  Settings settings = SettingsOf(1);
  settings.steps = {true, false, false};
  for (const double budget_seconds : {10.0, 100.0}) {
    settings.budget_seconds = budget_seconds;
    WatchedTrials trials(program, 1);
    Silent observer;
    const SweepEnd end = RunSweep(settings, &trials, &observer);
    ASSERT_FALSE(end.findings.steps.empty());
    EXPECT_NEAR(end.findings.steps.front().least_seconds, budget_seconds < 50 ? 8 : 0, 0.5);
  }
}

}  // namespace
}  // namespace pyslow::steps
