// Sweeps that compare both GIL modes (--gil hold,release) on simulated programs: rule R30.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "coverage.h"
#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using model::Findings;
using model::GilFinding;
using GilOutcome = GilFinding::Outcome;
using model::Step;
using model::StepSummary;

// Two functions with 10 calls a unit each; `held` and `other` are the shares of their doses that
// count.
SimulatedProgram Program(double held, double other = 0) {
  SimulatedProgram program = ProgramOf({{"app", "hot", 400'000}, {"app", "rest", 400'000}}, 10,
                                       [held, other](const std::vector<double>& doses) {
                                         return held * doses[0] + other * doses[1];
                                       });
  program.workload.disturbance.block_drift = 0.02;
  return program;
}

Settings GilSettings(uint64_t seed) {
  Settings settings;
  settings.seed = seed;
  settings.steps = {.gil = true};
  settings.trials.measure = trials::Measure::kProgress;
  settings.trials.gil = "hold";
  return settings;
}

// Of a sweep of a program whose delays count by `held`, or by `released` with the GIL released.
Findings Swept(double held, double released, const Settings& settings, size_t* trials = nullptr) {
  SimulatedTrials runner(Program(held), 200, settings.seed);
  runner.SetReleased(Program(released));
  Silent observer;
  SweepEnd end = RunSweep(settings, &runner, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  if (trials != nullptr) *trials = runner.trials();
  return std::move(end.findings);
}

// The steps of a sweep, each with the step that it announces.
std::vector<Step> StepsOf(const Findings& findings) {
  std::vector<Step> steps;
  for (const StepSummary& step : findings.steps) steps.push_back(step.step);
  return steps;
}

TEST(GilSweep, FindsTheShareOfEverythingAndOfTheFirstFunction) {
  const int sweeps = statistics::SimulatedSweeps(40);
  for (const double released : {1.0, 0.4, 0.0}) {
    const double share = 1 - released;
    statistics::Coverage everything, first;
    int right = 0;
    for (int i = 0; i < sweeps; ++i) {
      const Findings findings = Swept(1, released, GilSettings(static_cast<uint64_t>(i) + 1));
      ASSERT_TRUE(findings.global->gil.has_value());
      everything.Add(findings.global->gil->share, share);
      right +=
          findings.global->gil->outcome == (share == 0 ? GilOutcome::kNone : GilOutcome::kPart);
      ASSERT_EQ(findings.functions.front().name, "app:hot");
      ASSERT_TRUE(findings.functions.front().gil.has_value());
      first.Add(findings.functions.front().gil->share, share);
      EXPECT_FALSE(findings.functions.back().gil.has_value());
    }
    const std::string name = std::to_string(share);
    RecordProperty("right of share " + name, std::to_string(100.0 * right / sweeps));
    RecordProperty("everything, share " + name, everything.Text());
    RecordProperty("first, share " + name, first.Text());
    EXPECT_GE(right, sweeps * 95 / 100) << share;
    EXPECT_GE(everything.given, sweeps * 95 / 100);
    EXPECT_GE(everything.Percent(), 93) << share;
    EXPECT_GE(first.Percent(), 93) << share;
  }
}

// The comparison adds trials, and changes no verdict, figure or order of the others.
TEST(GilSweep, ChangesNoOtherFinding) {
  Settings settings = GilSettings(3);
  settings.blocks = 3;
  const Findings with = Swept(1, 0.5, settings);
  settings.steps.gil = false;
  const Findings without = Swept(1, 0.5, settings);
  EXPECT_EQ(with.trials, without.trials + 2 * (1 + 3 * 3)) << "with a probe each";
  EXPECT_EQ(with.global->curve.verdict(), without.global->curve.verdict());
  EXPECT_DOUBLE_EQ(with.global->curve.kappa->value, without.global->curve.kappa->value);
  EXPECT_EQ(with.functions.front().name, without.functions.front().name);
  EXPECT_EQ(StepsOf(without), (std::vector<Step>{Step::kCount, Step::kGlobal, Step::kOpportunity,
                                                 Step::kSubsystems, Step::kFocus}));
  EXPECT_EQ(StepsOf(with), (std::vector<Step>{Step::kCount, Step::kGlobal, Step::kOpportunity,
                                              Step::kGil, Step::kSubsystems, Step::kFocus}));
  EXPECT_EQ(with.steps[2].next, StepSummary::Next::kGil);
  EXPECT_EQ(with.steps[3].next, StepSummary::Next::kSubsystems);
  EXPECT_EQ(with.global->gil->blocks, 3U);
  EXPECT_EQ(with.global->gil->delay_ns, with.global->curve.levels.back().delay_ns);
}

// Nothing is tried, and the sweep ends as it would without the comparison.
TEST(GilSweep, AHiddenProgramHasNoCostToDivide) {
  const Findings findings = Swept(0, 0, GilSettings(1));
  ASSERT_TRUE(findings.global->gil.has_value());
  EXPECT_EQ(findings.global->gil->outcome, GilOutcome::kNoCost);
  EXPECT_EQ(findings.global->gil->blocks, 0U);
  EXPECT_EQ(StepsOf(findings), (std::vector<Step>{Step::kCount, Step::kGlobal, Step::kGil}));
  EXPECT_EQ(findings.steps[1].next, StepSummary::Next::kGil);
  EXPECT_EQ(findings.steps[2].next, StepSummary::Next::kPythonHidden);
}

TEST(GilSweep, WithImpactAloneItIsTheLastStep) {
  Settings settings = GilSettings(1);
  settings.steps = {.isolate = false, .focus = false, .gil = true};
  const Findings findings = Swept(1, 0, settings);
  EXPECT_EQ(findings.steps.back().step, Step::kGil);
  EXPECT_EQ(findings.steps.back().next, StepSummary::Next::kRequestedEnd);
}

// Other threads take the GIL in each released delay, and keep it for a switch interval: trials
// would last 30 times as long as the control.
TEST(GilSweep, LongWaitsForAReleasedGilRunNoTrials) {
  Settings settings = GilSettings(1);
  settings.steps = {.isolate = false, .focus = false, .gil = true};
  SimulatedTrials runner(Program(1), 200, settings.seed);
  SimulatedProgram released = Program(1);
  released.workload.added = [](const std::vector<double>& doses) { return 30 * doses[0]; };
  runner.SetReleased(released);
  Silent observer;
  const SweepEnd end = RunSweep(settings, &runner, &observer);
  ASSERT_TRUE(end.status.ok()) << end.status;
  const GilFinding& gil = *end.findings.global->gil;
  EXPECT_EQ(gil.outcome, GilOutcome::kReleasedSlower);
  EXPECT_GT(gil.wait_seconds, 0);
  EXPECT_EQ(gil.blocks, 0U);
  EXPECT_FALSE(gil.share.has_value());
}

TEST(GilSweep, KeepsTheTimeBudget) {
  Settings settings = GilSettings(1);
  settings.budget_seconds = 120;
  Silent observer;
  SimulatedProgram noisy = Program(1);
  noisy.workload.disturbance.noise = 0.2;
  SimulatedTrials runner(noisy, 200, settings.seed);
  runner.SetReleased(noisy);
  const SweepEnd end = RunSweep(settings, &runner, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  EXPECT_LE(end.trial_seconds, 130);
  EXPECT_TRUE(observer.parts.contains("GIL"));
}

}  // namespace
}  // namespace pyslow::steps
