// The whole methodology on simulated programs with a known truth.
#include "sweep/steps/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "simulated_trials.h"
#include "sweep/model/findings.h"

namespace pyslow::steps {
namespace {

using model::Findings;
using model::Result;
using model::StepSummary;
using model::Verdict;
using model::Warning;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Findings Swept(const SimulatedProgram& program, const Settings& settings) {
  SimulatedTrials trials(program, 400, settings.seed);
  Silent observer;
  const SweepEnd end = RunSweep(settings, &trials, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  return end.findings;
}

bool HasWarning(const Findings& findings, Warning::Kind kind) {
  return std::any_of(findings.warnings.begin(), findings.warnings.end(),
                     [kind](const Warning& warning) { return warning.kind == kind; });
}

// A decode loop: `sample` is serial, `overlap` hidden up to half a unit, and so is `tokenise`.
SimulatedProgram DecodeLoop() {
  return ProgramOf({{"engine.loop", "sample"}, {"engine.loop", "overlap"}, {"text", "tokenise"}},
                   10, [](const std::vector<double>& doses) {
                     return doses[0] + std::max(0.0, doses[1] + doses[2] - 20 * kT0);
                   });
}

TEST(RunSweep, FindsTheSerialFunctionAmongHiddenOnes) {
  const Findings findings = Swept(DecodeLoop(), SettingsOf(1));
  ASSERT_TRUE(findings.global.has_value());
  ASSERT_FALSE(findings.groups.empty());
  EXPECT_EQ(findings.groups.front().name, "engine");
  const Result* text = Named(findings.groups, "text");
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->curve.verdict(), Verdict::kNone);
  const Result* sample = Named(findings.functions, "engine.loop:sample");
  ASSERT_NE(sample, nullptr);
  EXPECT_EQ(sample->curve.verdict(), Verdict::kLinear);
  ASSERT_TRUE(sample->curve.kappa.has_value());
  EXPECT_NEAR(sample->curve.kappa->value, 1, 0.05);
  EXPECT_NEAR(sample->curve.critical_calls.value, 10, 0.5);
  const Result* overlap = Named(findings.functions, "engine.loop:overlap");
  ASSERT_NE(overlap, nullptr);
  EXPECT_EQ(overlap->curve.verdict(), Verdict::kNone);
  ASSERT_THAT(findings.priorities, SizeIs(1));
  EXPECT_EQ(findings.priorities.front().name, "engine.loop:sample");
}

// The wall time is of a run; with the units that the run prints it is of a unit.
TEST(RunSweep, NamesWhatItMeasures) {
  Settings settings = SettingsOf(1);
  EXPECT_EQ(Swept(DecodeLoop(), settings).unit, "unit");
  settings.trials.measure = trials::Measure::kWallTime;
  EXPECT_EQ(Swept(DecodeLoop(), settings).unit, "run");
  settings.trials.units_regex = "([0-9]+) steps";
  EXPECT_EQ(Swept(DecodeLoop(), settings).unit, "unit");
}

TEST(RunSweep, PredictsTheGainOfAllOwnTime) {
  SimulatedProgram program = DecodeLoop();
  for (auto& name : program.names) name.own_ns = 100'000;  // of 10 calls: a tenth of T0
  const Findings findings = Swept(program, SettingsOf(1));
  ASSERT_THAT(findings.priorities, SizeIs(1));
  ASSERT_TRUE(findings.priorities.front().prediction.has_value());
  EXPECT_EQ(findings.priorities.front().prediction->share_gone, 1);
  EXPECT_NEAR(findings.priorities.front().prediction->gain->value, 10.0 / 9, 0.01);
  EXPECT_NEAR(findings.counted.front().own_seconds_per_unit.value, 0.001, 1e-6);
  EXPECT_NEAR(findings.global->own_seconds_per_unit, 0.003, 1e-6);  // of three functions
}

// The start of a Python program: everything is serial, and one function has half of the time.
SimulatedProgram SerialProgram() {
  std::vector<SimulatedProgram::Name> names = {{"app", "work", 500'000}};
  for (int i = 0; i < 40; ++i) {
    const std::string package = "library" + std::to_string(i % 5);
    names.push_back({package, "f" + std::to_string(i), 10'000});
  }
  SimulatedProgram program = ProgramOf(std::move(names), 10, [](const std::vector<double>& doses) {
    double added = 0;
    for (const double dose : doses) added += dose;
    return added;
  });
  program.workload.disturbance.noise = 0.05;
  return program;
}

TEST(RunSweep, RanksByOwnTimeIfEverythingIsSerial) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Findings findings = Swept(SerialProgram(), SettingsOf(seed));
    ASSERT_THAT(findings.groups, SizeIs(6 + 1))
        << seed;  // with "other modules", which has no functions
    EXPECT_EQ(findings.groups.front().name, "app") << seed;
    ASSERT_FALSE(findings.functions.empty()) << seed;
    EXPECT_EQ(findings.functions.front().name, "app:work") << seed;
    ASSERT_FALSE(findings.priorities.empty()) << seed;
    EXPECT_EQ(findings.priorities.front().name, "app:work") << seed;
  }
}

// Regression: beside a compiler, the demo's hot() came before cold(). The trials did not decide
// whether hot() has a slack; every call of cold() counts.
TEST(RunSweep, RanksAFunctionThatMayHaveASlackAfterASureGain) {
  constexpr double kSlack = 0.005;  // of a unit of 10 ms
  SimulatedProgram program = ProgramOf(
      {{"app", "hot", 360'000}, {"app", "cold", 200'000}}, 10,
      [](const std::vector<double>& doses) { return std::max(0.0, doses[0] - kSlack) + doses[1]; });
  program.workload.disturbance.noise = 0.08;
  size_t undecided = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Settings settings = SettingsOf(seed);
    settings.blocks = 3;
    const Findings findings = Swept(program, settings);
    const Result* const hot = Named(findings.functions, "app:hot");
    const Result* const cold = Named(findings.functions, "app:cold");
    if (hot == nullptr || cold == nullptr || !model::MayHaveSlack(hot->curve)) continue;
    if (cold->curve.verdict() != model::Verdict::kLinear) continue;
    ++undecided;
    ASSERT_FALSE(findings.priorities.empty()) << seed;
    EXPECT_EQ(findings.priorities.front().name, "app:cold") << seed;
    EXPECT_EQ(findings.functions.front().name, "app:cold") << seed;
  }
  EXPECT_GT(undecided, 5U);
}

// Six subsystems and 41 functions are too many for a minute of trials of 1 s.
TEST(RunSweep, KeepsToItsBudget) {
  for (const double budget_seconds : {60.0, 120.0, 300.0}) {
    Settings settings = SettingsOf(1);
    settings.budget_seconds = budget_seconds;
    SimulatedTrials trials(SerialProgram(), 400, 1);
    Silent observer;
    const SweepEnd end = RunSweep(settings, &trials, &observer);
    EXPECT_TRUE(end.status.ok()) << end.status;
    EXPECT_LE(end.trial_seconds, 1.1 * budget_seconds);
    EXPECT_FALSE(end.findings.groups.empty()) << budget_seconds;
  }
}

class LimitedTrials : public SimulatedTrials {
 public:
  using SimulatedTrials::SimulatedTrials;
  void SetTimeLimit(int64_t ns) override { limits_ns.push_back(ns); }
  std::vector<int64_t> limits_ns;
};

// Without a limit, a trial that hangs would never end.
TEST(RunSweep, LimitsATrialByTheTimeOfTheCountingTrial) {
  // Of a trial of 1 s and of 100 s, with --max-slowdown 4.
  const std::vector<std::pair<double, double>> cases = {{100, 60}, {10'000, 4'000}};
  for (const auto& [units, limit_seconds] : cases) {
    SimulatedProgram program = DecodeLoop();
    program.units = units;
    Settings settings = SettingsOf(1);
    settings.steps = {true, false, false};
    LimitedTrials trials(program, 400, 1);
    Silent observer;
    EXPECT_TRUE(RunSweep(settings, &trials, &observer).status.ok());
    ASSERT_THAT(trials.limits_ns, SizeIs(1));
    const double seconds = static_cast<double>(trials.limits_ns.front()) * 1e-9;
    EXPECT_NEAR(seconds, limit_seconds, 0.1 * limit_seconds);
    EXPECT_GE(seconds, 60);
  }
}

// At a dose of one unit, each function with a slack of half a unit seems to gain more than `cold`.
TEST(RunSweep, TheNextFunctionGetsACurveIfALeaderHasSlack) {
  std::vector<SimulatedProgram::Name> names = {{"app", "cold", 50'000}};
  for (const char* hot : {"hot1", "hot2", "hot3", "hot4"}) names.push_back({"app", hot, 200'000});
  const SimulatedProgram program =
      ProgramOf(std::move(names), 10, [](const std::vector<double>& doses) {
        double added = doses[0];
        for (size_t i = 1; i < doses.size(); ++i) added += std::max(0.0, doses[i] - kT0 / 2);
        return added;
      });
  Settings settings = SettingsOf(1);
  settings.steps = {false, false, true};
  const Findings findings = Swept(program, settings);
  ASSERT_THAT(findings.functions, SizeIs(5));
  EXPECT_EQ(findings.functions.front().name, "app:cold");
  for (size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(findings.functions[i].curve.verdict(), Verdict::kThreshold) << i;
  }
  ASSERT_THAT(findings.priorities, SizeIs(1));
  EXPECT_EQ(findings.priorities.front().name, "app:cold");
}

TEST(RunSweep, StopsIfPythonIsNotTheBottleneck) {
  const SimulatedProgram hidden =
      ProgramOf({{"a", "f"}, {"b", "g"}}, 10, [](const std::vector<double>&) { return 0.0; });
  const Findings findings = Swept(hidden, SettingsOf(2));
  ASSERT_TRUE(findings.global.has_value());
  EXPECT_EQ(findings.global->curve.verdict(), Verdict::kNone);
  EXPECT_THAT(findings.groups, IsEmpty());
  ASSERT_THAT(findings.steps, SizeIs(2));
  EXPECT_EQ(findings.steps.back().next, StepSummary::Next::kPythonHidden);
}

TEST(RunSweep, RunsTheSelectedSteps) {
  Settings settings = SettingsOf(3);
  settings.steps = {true, false, false};
  const Findings impact = Swept(DecodeLoop(), settings);
  EXPECT_TRUE(impact.global.has_value());
  EXPECT_THAT(impact.groups, IsEmpty());
  settings.steps = {false, false, true};
  const Findings focus = Swept(DecodeLoop(), settings);
  EXPECT_FALSE(focus.global.has_value());
  EXPECT_NE(Named(focus.functions, "engine.loop:sample"), nullptr);
}

TEST(RunSweep, NeverCalledIsUntested) {
  SimulatedProgram program = ProgramOf({{"a", "f"}}, 0, [](const auto&) { return 0.0; });
  const Findings findings = Swept(program, SettingsOf(4));
  EXPECT_FALSE(findings.global.has_value());
  ASSERT_THAT(findings.steps, SizeIs(1));
  EXPECT_EQ(findings.steps.front().outcome, StepSummary::Outcome::kNothingCalled);
}

TEST(RunSweep, GivesKappaOfEachProcessOverSeveralGroups) {
  // Four parallel processes: a quarter of their delays reaches the clock.
  SimulatedProgram workers = ProgramOf({{"a", "f"}, {"b", "g"}}, 10,
                                       [](const auto& doses) { return (doses[0] + doses[1]) / 4; });
  for (auto& function : workers.workload.functions) function.processes = 4;
  const Findings findings = Swept(workers, SettingsOf(11));
  ASSERT_TRUE(findings.global.has_value());
  EXPECT_NEAR(findings.global->curve.kappa->value, 0.25, 0.02);
  ASSERT_TRUE(findings.global->curve.kappa_per_process.has_value());
  EXPECT_NEAR(findings.global->curve.kappa_per_process->value, 1, 0.08);
}

// The processes of a pipeline that handles one request at a time: all delays reach the clock.
TEST(RunSweep, GivesNoKappaOfEachProcessIfTheyTakeTurns) {
  SimulatedProgram pipeline = ProgramOf({{"a", "f"}, {"b", "g"}}, 10,
                                        [](const auto& doses) { return doses[0] + doses[1]; });
  for (auto& function : pipeline.workload.functions) function.processes = 3;
  const Findings findings = Swept(pipeline, SettingsOf(11));
  ASSERT_TRUE(findings.global.has_value());
  EXPECT_NEAR(findings.global->curve.kappa->value, 1, 0.05);
  EXPECT_EQ(findings.global->curve.kappa_per_process, std::nullopt);
  EXPECT_THAT(findings.global->curve.warnings, IsEmpty());
  const Result* const a = Named(findings.groups, "a");
  ASSERT_NE(a, nullptr);
  EXPECT_NEAR(a->curve.kappa->value, 1, 0.05);
  EXPECT_EQ(a->curve.kappa_per_process, std::nullopt);
}

TEST(RunSweep, DelaysRareCallsForLong) {
  // Five calls a trial: each is delayed by up to 20 units.
  const SimulatedProgram rare =
      ProgramOf({{"a", "f"}}, 0.05, [](const std::vector<double>& doses) { return doses[0]; });
  const Findings findings = Swept(rare, SettingsOf(10));
  ASSERT_TRUE(findings.global.has_value());
  EXPECT_EQ(findings.global->curve.verdict(), Verdict::kLinear);
  EXPECT_NEAR(findings.global->curve.levels.back().change->value, -0.5, 0.1);
}

TEST(RunSweep, ReplacesDelaysBeyondMaxSlowdownWithAWarning) {
  SimulatedProgram hot = ProgramOf({{"a", "f"}}, 100'000, [](const auto& d) { return d[0]; });
  hot.units = 1;
  Settings settings = SettingsOf(5);
  settings.delays_ns = {0, 1'000, 10'000, 100'000};  // up to 10,000 times as long
  const Findings findings = Swept(hot, settings);
  ASSERT_TRUE(findings.global.has_value());
  for (const auto& level : findings.global->curve.levels) {
    EXPECT_LE(level.seconds_per_unit.value, 4.2 * kT0) << level.delay_ns;
  }
  EXPECT_TRUE(HasWarning(findings, Warning::Kind::kDelaysCapped));
}

// --delays: subsystems and functions are compared at the largest one, and the leaders' curves have
// all of them.
TEST(RunSweep, UsesTheGivenDelaysInAllSteps) {
  Settings settings = SettingsOf(12);
  settings.delays_ns = {0, 300'000, 700'000, 900'000};
  const Findings findings = Swept(DecodeLoop(), settings);
  const Result* const engine = Named(findings.groups, "engine");
  const Result* const sample = Named(findings.functions, "engine.loop:sample");
  ASSERT_TRUE(engine != nullptr && sample != nullptr);
  EXPECT_EQ(engine->curve.levels.back().delay_ns, 900'000);
  std::vector<int64_t> delays;
  for (const auto& level : sample->curve.levels) delays.push_back(level.delay_ns);
  EXPECT_EQ(delays, settings.delays_ns);
}

TEST(RunSweep, IsTheSameForTheSameSeed) {
  const Findings first = Swept(DecodeLoop(), SettingsOf(6));
  const Findings second = Swept(DecodeLoop(), SettingsOf(6));
  ASSERT_TRUE(first.global.has_value() && second.global.has_value());
  EXPECT_EQ(first.global->curve.critical_calls.value, second.global->curve.critical_calls.value);
  EXPECT_EQ(first.trials, second.trials);
}

// Fails, or is interrupted, after `good` simulated trials.
class FailingTrials : public SimulatedTrials {
 public:
  FailingTrials(size_t good, model::TrialOutcome::Kind kind)
      : SimulatedTrials(DecodeLoop(), 400, 7), good_(good), kind_(kind) {}
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    if (trials() < good_) return SimulatedTrials::Run(spec);
    model::TrialOutcome outcome;
    outcome.kind = kind_;
    outcome.why = "the command exited with status 3";
    outcome.output = "last words";
    return outcome;
  }

 private:
  const size_t good_;
  const model::TrialOutcome::Kind kind_;
};

TEST(RunSweep, KeepsTheCountsIfTheTrialForOwnTimeFails) {
  FailingTrials trials(2, model::TrialOutcome::Kind::kFailed);  // warm-up and count are good
  Silent observer;
  const SweepEnd end = RunSweep(SettingsOf(7), &trials, &observer);
  EXPECT_EQ(end.status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(end.findings.trials, 2U);
  EXPECT_FALSE(end.findings.counted.empty());
  EXPECT_THAT(end.findings.steps, SizeIs(1));
}

TEST(RunSweep, KeepsWhatWasMeasuredBeforeATrialFailed) {
  FailingTrials trials(14, model::TrialOutcome::Kind::kFailed);
  Silent observer;
  const SweepEnd end = RunSweep(SettingsOf(7), &trials, &observer);
  EXPECT_EQ(end.status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(end.outcome.output, "last words");
  EXPECT_EQ(end.findings.trials, 14U);
  EXPECT_TRUE(end.findings.global.has_value());
}

TEST(RunSweep, ReportsAnInterrupt) {
  FailingTrials trials(3, model::TrialOutcome::Kind::kInterrupted);
  Silent observer;
  const SweepEnd end = RunSweep(SettingsOf(8), &trials, &observer);
  EXPECT_EQ(end.status.code(), absl::StatusCode::kCancelled);
}

// A serial function. Trials wait for a core, and longer if the function is slowed.
class DisturbedTrials : public SimulatedTrials {
 public:
  DisturbedTrials()
      : SimulatedTrials(ProgramOf({{"engine", "sample"}}, 10,
                                  [](const std::vector<double>& doses) { return doses[0]; }),
                        400, 9) {}
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    model::TrialOutcome outcome = SimulatedTrials::Run(spec);
    double doses = 0;  // in units of T0
    for (const model::Treatment& one : spec.treatments) {
      doses += 1e-6 * static_cast<double>(one.delay_ns);
    }
    outcome.trial.core_wait = 0.1 + 0.3 * doses;
    outcome.trial.other_load = 1.5;
    return outcome;
  }
};

// The waiting outside the delays grows by .3 T0 up to the largest delay, which is about T0.
TEST(RunSweep, JudgesDisturbedTrialsWithAWiderInterval) {
  DisturbedTrials trials;
  Silent observer;
  const SweepEnd end = RunSweep(SettingsOf(9), &trials, &observer);
  ASSERT_TRUE(end.findings.global.has_value());
  const model::CurveFinding& curve = end.findings.global->curve;
  ASSERT_TRUE(curve.critical_calls.range.has_value());
  EXPECT_GT(curve.critical_calls.range->low, 0);
  EXPECT_LT(curve.critical_calls.range->low, 0.85 * curve.critical_calls.value);
  EXPECT_TRUE(std::any_of(curve.warnings.begin(), curve.warnings.end(), [](const Warning& warning) {
    return warning.kind == Warning::Kind::kOthersGrow;
  }));
  EXPECT_TRUE(HasWarning(end.findings, Warning::Kind::kDisturbedTrials));
}

}  // namespace
}  // namespace pyslow::steps
