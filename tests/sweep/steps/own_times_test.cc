#include "sweep/steps/own_times.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pyslow::steps {
namespace {

struct Called {
  std::string name;
  uint64_t calls = 0;
  uint64_t own_ns = 0;
};

// A trial of 10 units of 1 ms.
ArmTrial OwnTrial(size_t arm, const std::vector<Called>& functions,
                  std::optional<double> units = 10) {
  ArmTrial one;
  one.arm = arm;
  one.trial.units = units;
  one.trial.window_seconds = 0.01;
  one.trial.seconds_per_unit = 0.001;
  for (const Called& function : functions) {
    model::FunctionCounts counts;
    counts.id = {"m", function.name, "m.py", 1};
    counts.calls = function.calls;
    counts.own_ns = function.own_ns;
    one.trial.functions.push_back(counts);
  }
  return one;
}

model::Comparison Compared(const BlockedTrials& trials, double first = 0.001, double other = 0.001,
                           const Settings& settings = {}) {
  model::Comparison comparison;
  SetDifferences(OwnTimesOf(trials, 1, settings), first, other, &comparison);
  return comparison;
}

TEST(SetDifferences, ArePairedAndRanked) {
  BlockedTrials trials;
  // The processor is half as fast in the second block.
  for (const uint64_t slow : {1, 2}) {
    trials.blocks.push_back({OwnTrial(0, {{"f", 10, 1000 * slow}, {"g", 10, 500 * slow}}),
                             OwnTrial(1, {{"f", 10, 1000 * slow + 10}, {"g", 10, 900 * slow}})});
  }
  const model::Comparison comparison = Compared(trials);
  EXPECT_EQ(comparison.own_blocks, 2U);
  ASSERT_EQ(comparison.functions.size(), 2U);
  // Of f the change is small, but sure; of g its interval includes 0.
  EXPECT_EQ(comparison.functions[0].name, "m:f");
  EXPECT_NEAR(comparison.functions[0].own_change_seconds.value, 1e-9, 1e-15);
  EXPECT_NEAR(comparison.functions[1].own_change_seconds.value, 60e-9, 1e-12);
  EXPECT_DOUBLE_EQ(comparison.functions[1].first_calls, 1);
  EXPECT_NEAR(comparison.own_change_seconds.value, 61e-9, 1e-12);
}

TEST(SetDifferences, LeavesOutBlocksWithoutBothVersions) {
  BlockedTrials trials;
  trials.blocks = {{OwnTrial(0, {{"f", 10, 1000}})},
                   {OwnTrial(0, {{"f", 10, 1000}}), OwnTrial(1, {{"f", 10, 2000}})}};
  trials.blocks[1].push_back(OwnTrial(1, {{"f", 10, 9000}}));
  trials.blocks[1].back().is_replaced = true;
  const model::Comparison comparison = Compared(trials);
  EXPECT_EQ(comparison.own_blocks, 1U);
  EXPECT_NEAR(comparison.own_change_seconds.value, 100e-9, 1e-12);
  EXPECT_FALSE(comparison.own_change_seconds.range.has_value());
}

TEST(SetDifferences, KnowsFunctionsOfOneVersionAlone) {
  BlockedTrials trials;
  trials.blocks = {{OwnTrial(0, {{"old", 10, 1000}}), OwnTrial(1, {{"new", 20, 4000}})}};
  const model::Comparison comparison = Compared(trials);
  ASSERT_EQ(comparison.functions.size(), 2U);
  EXPECT_EQ(comparison.functions[0].name, "m:new");
  EXPECT_EQ(comparison.functions[0].first_calls, 0);
  EXPECT_NEAR(comparison.functions[0].own_change_seconds.value, 400e-9, 1e-12);
  EXPECT_NEAR(comparison.functions[1].own_change_seconds.value, -100e-9, 1e-12);
}

// Without counted units they are window / T, which is wrong if the window has more than the figure.
TEST(SetDifferences, RemovesTheErrorOfUncountedUnits) {
  BlockedTrials trials;
  trials.blocks = {
      {OwnTrial(0, {{"f", 40, 4000}, {"g", 40, 4000}, {"h", 40, 4000}}, std::nullopt),
       OwnTrial(1, {{"f", 40, 4000}, {"g", 40, 4000}, {"h", 20, 2000}}, std::nullopt)}};
  trials.blocks[0][1].trial.window_seconds = 0.02;  // twice the units of the same work
  const model::Comparison comparison = Compared(trials);
  EXPECT_EQ(comparison.functions[0].name, "m:h");
  EXPECT_NEAR(comparison.functions[0].own_change_seconds.value, -200e-9, 1e-12);
  EXPECT_NEAR(comparison.functions[1].own_change_seconds.value, 0, 1e-12);
  // A window that the user gave has the work of the figure.
  Settings settings;
  settings.trials.start_ns = 1;
  EXPECT_NEAR(Compared(trials, 0.001, 0.001, settings).functions[0].own_change_seconds.value,
              -300e-9, 1e-12);
  // Functions that are seldom called say nothing of the units.
  for (ArmTrial& one : trials.blocks[0]) {
    for (const char* name : {"a", "b", "c", "d"}) {
      one.trial.functions.push_back({{"imported", name, "", 1}, 0, 1, 0, 1, 0});
    }
  }
  EXPECT_EQ(Compared(trials).functions[0].name, "m:h");
  EXPECT_NEAR(Compared(trials).functions[0].own_change_seconds.value, -200e-9, 1e-12);
  trials.blocks[0][0].trial.units = 10;
  trials.blocks[0][1].trial.units = 20;
  EXPECT_NEAR(Compared(trials).functions[0].own_change_seconds.value, -300e-9, 1e-12);
}

// 400 us of own time more than a unit lasts: 10 us a call, in both versions.
TEST(SetDifferences, TakesOutWhatMeasuringAdds) {
  BlockedTrials trials;
  trials.blocks = {{OwnTrial(0, {{"f", 400, 14'000'000}}), OwnTrial(1, {{"f", 800, 18'000'000}})}};
  for (ArmTrial& one : trials.blocks[0]) one.trial.seconds_per_unit = 0.002;
  const model::Comparison comparison = Compared(trials, 0.001, 0.001);
  EXPECT_NEAR(comparison.own_change_seconds.value, 0.0004 - 40 * 10e-6, 1e-9);
}

}  // namespace
}  // namespace pyslow::steps
