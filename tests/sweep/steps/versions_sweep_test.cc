// Comparisons of two versions of simulated programs, from the first trial to the prediction.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "coverage.h"
#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using model::Comparison;
using Outcome = model::VersionTimes::Outcome;
using Place = Comparison::Place;

constexpr double kUnitSeconds = 0.010;
constexpr uint64_t kOwnNs = 400'000;  // of each of 20 calls, so 8 ms of a unit

// Two functions with 10 calls each, whose doses add `share` of themselves beyond `slack_seconds`.
// `hot_ns`: the own time of a call of the first one. A unit changes by `share` of what that saves.
SimulatedProgram TwoFunctions(uint64_t hot_ns, double seconds, double share,
                              double slack_seconds = 0) {
  SimulatedProgram program =
      ProgramOf({{"app", "hot", hot_ns}, {"app", "rest", kOwnNs}}, 10,
                [share, slack_seconds](const std::vector<double>& doses) {
                  return share * std::max(0.0, doses[0] + doses[1] - slack_seconds);
                });
  program.workload.seconds_per_unit = seconds;
  program.workload.disturbance.block_drift = 0.02;
  program.own_time_varies = true;
  return program;
}

Settings ComparisonSettings(uint64_t seed) {
  Settings settings;
  settings.seed = seed;
  settings.steps = {true, false, false};
  settings.trials.measure = trials::Measure::kProgress;
  settings.trials.against.emplace();
  return settings;
}

model::Findings Compared(const SimulatedProgram& first, const SimulatedProgram& other,
                         const Settings& settings) {
  SimulatedTrials trials(first, 400, settings.seed);
  trials.SetOther(other);
  Silent observer;
  SweepEnd end = RunSweep(settings, &trials, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  EXPECT_TRUE(end.findings.comparison.has_value());
  return std::move(end.findings);
}

struct Tally {
  int sweeps = 0;
  int outcome = 0;
  int place = 0;
  statistics::Coverage change;
  statistics::Coverage predicted;

  void Add(const Comparison& comparison, Outcome right, Place place_right, double true_change,
           double true_prediction) {
    ++sweeps;
    outcome += comparison.plain->outcome == right ? 1 : 0;
    place += comparison.place == place_right ? 1 : 0;
    change.Add(comparison.plain->change, true_change);
    predicted.Add(comparison.predicted_time_change, true_prediction);
  }
  void Record() const {
    ::testing::Test::RecordProperty("outcome_percent", std::to_string(100.0 * outcome / sweeps));
    ::testing::Test::RecordProperty("place_percent", std::to_string(100.0 * place / sweeps));
    ::testing::Test::RecordProperty("change", change.Text());
    ::testing::Test::RecordProperty("predicted", predicted.Text());
  }
};

constexpr int kSweeps = 100;

TEST(CompareVersions, PlacesAChangeInTheFunctionThatCausedIt) {
  Tally tally;
  for (int i = 0; i < statistics::SimulatedSweeps(kSweeps); ++i) {
    // hot saves 100 us in each of 10 calls: 1 of 10 ms.
    const auto findings = Compared(TwoFunctions(kOwnNs, kUnitSeconds, 1),
                                   TwoFunctions(kOwnNs - 100'000, kUnitSeconds - 0.001, 1),
                                   ComparisonSettings(static_cast<uint64_t>(i) + 1));
    const Comparison& comparison = *findings.comparison;
    tally.Add(comparison, Outcome::kFaster, Place::kInFunctions, 1 / 0.9 - 1, -0.1);
    EXPECT_EQ(comparison.functions.front().name, "app:hot");
    EXPECT_DOUBLE_EQ(comparison.functions.front().first_calls, 10);
  }
  tally.Record();
  EXPECT_EQ(tally.outcome, tally.sweeps);
  EXPECT_GE(tally.place, tally.sweeps * 90 / 100);
  EXPECT_GE(tally.change.Percent(), 93);
  EXPECT_GE(tally.predicted.Percent(), 93);
}

TEST(CompareVersions, SaysThatAChangeLiesElsewhere) {
  Tally tally;
  for (int i = 0; i < statistics::SimulatedSweeps(kSweeps); ++i) {
    const auto findings = Compared(TwoFunctions(kOwnNs, kUnitSeconds, 1),
                                   TwoFunctions(kOwnNs, kUnitSeconds * 1.25, 1),
                                   ComparisonSettings(static_cast<uint64_t>(i) + 1));
    tally.Add(*findings.comparison, Outcome::kSlower, Place::kElsewhere, -0.2, 0);
  }
  tally.Record();
  EXPECT_EQ(tally.outcome, tally.sweeps);
  EXPECT_GE(tally.place, tally.sweeps * 90 / 100);
  EXPECT_GE(tally.predicted.Percent(), 93);
}

TEST(CompareVersions, EqualVersionsHaveNoChange) {
  Tally tally;
  for (int i = 0; i < statistics::SimulatedSweeps(kSweeps); ++i) {
    const SimulatedProgram program = TwoFunctions(kOwnNs, kUnitSeconds, 1);
    Settings settings = ComparisonSettings(static_cast<uint64_t>(i) + 1);
    settings.min_gain = 0.02;
    settings.budget_seconds = 3600;
    const auto findings = Compared(program, program, settings);
    tally.Add(*findings.comparison, Outcome::kEqual, Place::kNothingToPlace, 0, 0);
  }
  tally.Record();
  EXPECT_GE(tally.outcome, tally.sweeps * 93 / 100);
  EXPECT_GE(tally.change.Percent(), 93);
}

// Up to 5 ms more Python time per unit is hidden. So less own time gains nothing, and the predicted
// gain is 0.
TEST(CompareVersions, PredictsNothingOfHiddenFunctions) {
  Tally tally;
  for (int i = 0; i < statistics::SimulatedSweeps(kSweeps / 3); ++i) {
    Settings settings = ComparisonSettings(static_cast<uint64_t>(i) + 1);
    settings.min_gain = 0.02;
    settings.budget_seconds = 3600;
    const auto findings = Compared(TwoFunctions(kOwnNs, kUnitSeconds, 1, 0.005),
                                   TwoFunctions(kOwnNs / 2, kUnitSeconds, 1, 0.005), settings);
    tally.Add(*findings.comparison, Outcome::kEqual, Place::kNothingToPlace, 0, 0);
  }
  tally.Record();
  EXPECT_GE(tally.outcome, tally.sweeps * 90 / 100);
  EXPECT_GE(tally.predicted.Percent(), 90);
}

TEST(CompareVersions, WithRunsThereIsOneLook) {
  Settings settings = ComparisonSettings(1);
  settings.blocks = 2;
  const SimulatedProgram program = TwoFunctions(kOwnNs, kUnitSeconds, 1);
  const auto findings = Compared(program, program, settings);
  EXPECT_EQ(findings.comparison->blocks, 2U);
  EXPECT_EQ(findings.comparison->plain->first_trials, 4U);
  EXPECT_TRUE(findings.comparison->plain->change.range.has_value());
  EXPECT_EQ(findings.steps.back().step, model::Step::kCompare);
}

TEST(CompareVersions, FunctionsOfOneVersionAlone) {
  SimulatedProgram first = TwoFunctions(kOwnNs, kUnitSeconds, 1);
  SimulatedProgram other = first;
  other.workload.functions[1].calls_per_unit = 0;
  other.workload.seconds_per_unit = 0.006;
  Settings settings = ComparisonSettings(1);
  settings.blocks = 4;
  const auto findings = Compared(first, other, settings);
  const model::FunctionDifference& rest = findings.comparison->functions.front();
  EXPECT_EQ(rest.name, "app:rest");
  EXPECT_EQ(rest.other_calls, 0);
  EXPECT_NEAR(rest.own_change_seconds.value, -0.004, 0.0005);
}

}  // namespace
}  // namespace pyslow::steps
