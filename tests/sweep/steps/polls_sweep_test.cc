// Whole sweeps of programs in which functions poll while the program waits (R23).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/sweep.h"
#include "sweep/trials/replaying_runner.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::steps {
namespace {

using model::Findings;
using model::Result;
using model::Verdict;
using model::Warning;
using ::testing::SizeIs;

// An engine with a serial `step`, which waits for half of the time in `spin`: as many calls as fit.
// A poll that is delayed ends later by half of its delay, in the mean.
SimulatedProgram Engine() {
  SimulatedProgram program = ProgramOf(
      {{"engine.loop", "step", 100'000}, {"engine.queue", "spin", 5'000}, {"text", "tokenise", 50}},
      10, [](const std::vector<double>& doses) { return doses[0] + doses[1] / 2; });
  program.workload.functions[1].calls_at = [](double delay) { return kT0 / 2 / (5e-6 + delay); };
  program.workload.disturbance.noise = 0.03;
  return program;
}

SweepEnd Swept(const Settings& settings) {
  SimulatedTrials trials(Engine(), 400, settings.seed);
  Silent observer;
  return RunSweep(settings, &trials, &observer);
}

const Warning* PollsWarning(const Findings& findings) {
  const auto found =
      std::find_if(findings.warnings.begin(), findings.warnings.end(),
                   [](const Warning& warning) { return warning.kind == Warning::Kind::kPolls; });
  return found == findings.warnings.end() ? nullptr : &*found;
}

TEST(PollsInASweep, AreSetApartFromWork) {
  constexpr uint64_t kSweeps = 10;
  size_t hidden = 0;
  for (uint64_t seed = 1; seed <= kSweeps; ++seed) {
    const SweepEnd end = Swept(SettingsOf(seed));
    ASSERT_TRUE(end.status.ok()) << end.status;
    const Findings& findings = end.findings;
    const Warning* const warning = PollsWarning(findings);
    ASSERT_NE(warning, nullptr) << seed;
    EXPECT_EQ(warning->count, 1U);
    EXPECT_EQ(warning->text, "engine.queue:spin");
    EXPECT_NEAR(warning->high, 1000, 1);
    EXPECT_LT(warning->low, 740);
    // Of 20 calls that are no polls, 10 are critical.
    ASSERT_TRUE(findings.global.has_value());
    ASSERT_TRUE(findings.global->curve.kappa.has_value()) << seed;
    EXPECT_NEAR(findings.global->curve.kappa->value, 0.5, 0.06) << seed;
    const Result* const polls = Named(findings.groups, "waiting loops");
    ASSERT_NE(polls, nullptr) << seed;
    const Verdict verdict = polls->curve.verdict();
    EXPECT_TRUE(verdict == Verdict::kNone || verdict == Verdict::kInconclusive) << seed;
    hidden += verdict == Verdict::kNone ? 1 : 0;
    EXPECT_EQ(findings.groups.front().name, "engine") << seed;
    EXPECT_EQ(Named(findings.functions, "engine.queue:spin"), nullptr) << seed;
    ASSERT_THAT(findings.priorities, SizeIs(1));
    EXPECT_EQ(findings.priorities.front().name, "engine.loop:step");
    EXPECT_NEAR(findings.global->own_seconds_per_unit, 0.001, 1e-4) << seed;
  }
  EXPECT_GE(hidden, kSweeps - 2);
}

TEST(PollsInASweep, AreAGroupBesidesThoseOfTheUser) {
  Settings settings = SettingsOf(1);
  settings.targets = {"engine.*:*", "text:*"};
  const SweepEnd end = Swept(settings);
  ASSERT_TRUE(end.status.ok()) << end.status;
  ASSERT_NE(PollsWarning(end.findings), nullptr);
  const Result* const own = Named(end.findings.groups, "default");
  ASSERT_NE(own, nullptr);
  EXPECT_NEAR(own->own_seconds_per_unit, 0.001, 1e-4);
  EXPECT_NE(Named(end.findings.groups, "waiting loops"), nullptr);
}

// Nothing but the polls is called: they stay what is slowed.
TEST(PollsInASweep, StayIfThereIsNothingElse) {
  Settings settings = SettingsOf(1);
  settings.targets = {"engine.queue:*"};
  const SweepEnd end = Swept(settings);
  ASSERT_TRUE(end.status.ok()) << end.status;
  EXPECT_EQ(PollsWarning(end.findings), nullptr);
  EXPECT_TRUE(end.findings.global.has_value());
}

// Counts the trials of the first curve.
class FirstCurve : public Silent {
 public:
  void TrialDone(const model::Trial& trial, const std::string& /*arm*/, bool /*disturbed*/,
                 double /*trial_seconds*/) override {
    if (trial.spec.part == "global") ++trials;
  }
  size_t trials = 0;
};

// The user's delays are not changed after a look, but polls are searched for.
TEST(PollsInASweep, AreFoundAtTheFirstLookWithGivenDelays) {
  Settings settings = SettingsOf(1);
  settings.delays_ns = {0, 5'000, 10'000, 20'000};
  SimulatedTrials runner(Engine(), 400, settings.seed);
  FirstCurve observer;
  const SweepEnd end = RunSweep(settings, &runner, &observer);
  ASSERT_TRUE(end.status.ok()) << end.status;
  EXPECT_NE(PollsWarning(end.findings), nullptr);
  EXPECT_EQ(observer.trials, 10U) << "two blocks of four delays and plain Python";
}

// Records a sweep of a version that searches for no polls.
class TrialsWithoutSearch : public SimulatedTrials {
 public:
  explicit TrialsWithoutSearch(uint64_t seed) : SimulatedTrials(Engine(), 400, seed) {}
  absl::Status Prepare(const model::Setup& setup) override {
    log.entries.emplace_back(setup);
    return SimulatedTrials::Prepare(setup);
  }
  model::TrialOutcome Run(const model::TrialSpec& spec) override {
    model::TrialOutcome outcome = SimulatedTrials::Run(spec);
    log.entries.emplace_back(outcome.trial);
    if (spec.part == "global") outcome.trial.functions.clear();
    return outcome;
  }
  trials::RecordedSweep log;
};

TEST(PollsInASweep, AreNotSetApartIfTheLogOfAnEarlierVersionDoesNot) {
  TrialsWithoutSearch runner(1);
  Silent observer;
  const SweepEnd recorded = RunSweep(SettingsOf(1), &runner, &observer);
  ASSERT_TRUE(recorded.findings.global.has_value());
  trials::ReplayingRunner replay(runner.log, nullptr, nullptr, "trials.jsonl");
  const SweepEnd again = RunSweep(SettingsOf(1), &replay, &observer);
  EXPECT_EQ(PollsWarning(again.findings), nullptr);
  ASSERT_TRUE(again.findings.global.has_value());
  constexpr size_t kTrialsOfFirstLook = 8;
  EXPECT_GT(recorded.findings.global->curve.trials, kTrialsOfFirstLook);
  EXPECT_EQ(again.findings.global->curve.trials, recorded.findings.global->curve.trials);
}

}  // namespace
}  // namespace pyslow::steps
