// What a sweep says of the only subsystem that is worth a trial.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using model::Findings;
using model::Result;
using model::StepSummary;
using model::Verdict;
using ::testing::SizeIs;

Findings SweptOnly(const SimulatedProgram& program, const Settings& settings) {
  SimulatedTrials trials(program, 100, settings.seed);
  Silent observer;
  const SweepEnd end = RunSweep(settings, &trials, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  return end.findings;
}

// `main` has most of the own time and is hidden; `log` has most of the calls, which count.
TEST(OnlySubsystem, WithOwnTimeIsNotAllPython) {
  SimulatedProgram program = ProgramOf({{"main", "work", 4'500'000}, {"log", "write", 250}}, 2,
                                       [](const std::vector<double>& doses) { return doses[1]; });
  program.workload.functions[1].calls_per_unit = 200;
  for (const bool has_impact : {true, false}) {
    Settings settings = SettingsOf(1);
    settings.steps = {has_impact, true, false};
    const Findings findings = SweptOnly(program, settings);
    EXPECT_EQ(findings.global.has_value(), has_impact);
    const Result* const app = Named(findings.groups, "main");
    ASSERT_NE(app, nullptr);
    EXPECT_THAT(app->curve.levels, SizeIs(2)) << "one dose of its own";
    EXPECT_NEAR(app->curve.calls_per_unit->value, 2, 0.01);
    EXPECT_EQ(app->curve.verdict(), Verdict::kNone);
  }
}

TEST(OnlySubsystem, ThatIsCalledHasTheCurveOfAllPython) {
  const SimulatedProgram program =
      ProgramOf({{"app", "f"}}, 10, [](const std::vector<double>& doses) { return doses[0]; });
  Settings settings = SettingsOf(1);
  settings.steps = {true, true, false};
  const Findings findings = SweptOnly(program, settings);
  const Result* app = Named(findings.groups, "app");
  ASSERT_TRUE(app != nullptr && findings.global.has_value());
  EXPECT_EQ(app->curve.critical_calls.value, findings.global->curve.critical_calls.value);
  EXPECT_EQ(findings.steps.back().outcome, StepSummary::Outcome::kOneSubject);
  settings.steps = {false, true, false};
  const Findings alone = SweptOnly(program, settings);
  app = Named(alone.groups, "app");
  ASSERT_NE(app, nullptr) << "there is no curve of all Python";
  EXPECT_EQ(app->curve.verdict(), Verdict::kLinear);
}

}  // namespace
}  // namespace pyslow::steps
