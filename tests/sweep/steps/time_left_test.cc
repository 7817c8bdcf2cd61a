// The global step, if it is not decided, gets the time that the later steps leave.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using model::StepSummary;

constexpr double kBudgetSeconds = 160;  // trials of 1 to 2 s

// Half of the delays of `step` counts from the start, the other half beyond a slack: a bent curve.
SimulatedProgram WithABend() {
  SimulatedProgram program = ProgramOf(
      {{"app", "step", 600'000}, {"app", "hot", 4'000}}, 10, [](const std::vector<double>& doses) {
        return doses[0] / 2 + std::max(0.0, doses[0] / 2 + doses[1] - 0.4 * kT0);
      });
  program.workload.disturbance.noise = 0.06;
  return program;
}

// Keeps the parts of all trials. Lacks, as an older log does, the trials of the global step that
// come after those of another.
class PartsOfTrials : public SimulatedTrials {
 public:
  PartsOfTrials(uint64_t seed, bool lacks_later)
      : SimulatedTrials(WithABend(), 400, seed), lacks_later_(lacks_later) {}
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    const bool is_later = std::find(parts.begin(), parts.end(), "curves") != parts.end();
    if (lacks_later_ && is_later && spec.part == "global") return NotRecorded();
    parts.push_back(spec.part);
    return SimulatedTrials::Run(spec);
  }
  std::vector<std::string> parts;

 private:
  const bool lacks_later_;
};

// Keeps the steps that are done.
class StepsDone : public Silent {
 public:
  void StepDone(const StepSummary& step, const model::Findings& /*findings*/) override {
    steps.push_back(step);
  }
  std::vector<StepSummary> steps;
};

Settings SettingsOfSweep(uint64_t seed) {
  Settings settings = SettingsOf(seed);
  settings.budget_seconds = kBudgetSeconds;
  settings.steps.isolate = false;
  return settings;
}

bool IsUndecided(const model::Findings& findings) {
  return findings.global->curve.verdict() == model::Verdict::kInconclusive;
}

// Whether trials of the global step follow those of the functions.
bool WentOn(const std::vector<std::string>& parts) {
  const auto curves = std::find(parts.begin(), parts.end(), "curves");
  return std::find(curves, parts.end(), "global") != parts.end();
}

TEST(TimeLeft, IsUsedForAnUndecidedGlobalStep) {
  size_t went_on = 0;
  size_t decided = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    PartsOfTrials trials(seed, false);
    StepsDone observer;
    const SweepEnd end = RunSweep(SettingsOfSweep(seed), &trials, &observer);
    ASSERT_TRUE(end.status.ok()) << end.status;
    EXPECT_LE(end.trial_seconds, kBudgetSeconds) << seed;
    // A block of the global step takes less than 8 s.
    if (end.findings.global->curve.more_blocks > 0) {
      EXPECT_GT(end.trial_seconds, kBudgetSeconds - 8) << seed;
    }
    const bool again = WentOn(trials.parts);
    EXPECT_EQ(end.findings.steps.back().next == StepSummary::Next::kImpactAgain, again) << seed;
    // Both steps of the curve are shown again.
    EXPECT_EQ(observer.steps.size(), end.findings.steps.size() + (again ? 2 : 0)) << seed;
    EXPECT_EQ(observer.steps.back().step == model::Step::kOpportunity, again) << seed;
    EXPECT_EQ(observer.steps.back().next,
              again ? StepSummary::Next::kLastStep : end.findings.steps.back().next)
        << seed;
    went_on += again ? 1 : 0;
    decided += again && !IsUndecided(end.findings) ? 1 : 0;
  }
  EXPECT_GE(went_on, 10U);
  EXPECT_GE(decided, 5U);
}

TEST(TimeLeft, IsNotUsedWithAFixedNumberOfBlocks) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    PartsOfTrials trials(seed, false);
    Settings settings = SettingsOfSweep(seed);
    settings.blocks = 2;
    StepsDone observer;
    ASSERT_TRUE(RunSweep(settings, &trials, &observer).status.ok());
    EXPECT_FALSE(WentOn(trials.parts)) << seed;
  }
}

// A log of a version that ended there is analysed as it is.
TEST(TimeLeft, IsNotUsedInAReplayThatLacksTheTrials) {
  size_t lacked = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    PartsOfTrials trials(seed, true);
    StepsDone observer;
    const SweepEnd end = RunSweep(SettingsOfSweep(seed), &trials, &observer);
    ASSERT_TRUE(end.status.ok()) << end.status;
    EXPECT_FALSE(WentOn(trials.parts)) << seed;
    EXPECT_EQ(observer.steps.size(), end.findings.steps.size()) << seed;
    lacked += IsUndecided(end.findings) ? 1 : 0;
  }
  EXPECT_GE(lacked, 5U);
}

}  // namespace
}  // namespace pyslow::steps
