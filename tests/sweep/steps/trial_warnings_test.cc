#include "sweep/steps/trial_warnings.h"

#include <gtest/gtest.h>

namespace pyslow::steps {
namespace {

using model::Warning;

model::Trial CalmTrial() {
  model::Trial trial;
  trial.core_wait = 0;
  trial.other_load = 0;
  return trial;
}

TEST(TrialWarnings, AreNoneOfCalmTrials) {
  TrialWarnings warnings;
  EXPECT_TRUE(warnings.All().empty());
  warnings.Add(CalmTrial());
  EXPECT_TRUE(warnings.All().empty());
}

TEST(TrialWarnings, AverageOthersOverTheDisturbedTrials) {
  TrialWarnings warnings;
  warnings.Add(CalmTrial());
  for (const double load : {0.25, 0.75}) {
    model::Trial trial = CalmTrial();
    trial.core_wait = 0.5;
    trial.other_load = load;
    trial.stolen_load = load / 2;
    warnings.Add(trial);
  }
  ASSERT_EQ(warnings.All().size(), 1U);
  const Warning warning = warnings.All().front();
  EXPECT_EQ(warning.kind, Warning::Kind::kDisturbedTrials);
  EXPECT_EQ(warning.count, 2U);
  EXPECT_EQ(warning.total, 3U);
  EXPECT_DOUBLE_EQ(warning.ratio, 0.5);
  EXPECT_DOUBLE_EQ(warning.stolen, 0.25);
}

TEST(TrialWarnings, NameStallsAboveOneOfTwentyTrials) {
  TrialWarnings warnings;
  for (int i = 0; i < 43; ++i) warnings.Add(CalmTrial());  // three of them repeat others
  warnings.AddStall(0.5);
  warnings.AddStall(0.3);
  EXPECT_TRUE(warnings.All().empty());
  warnings.AddStall(0.1);
  ASSERT_EQ(warnings.All().size(), 1U);
  const Warning warning = warnings.All().front();
  EXPECT_EQ(warning.kind, Warning::Kind::kStalls);
  EXPECT_EQ(warning.count, 3U);
  EXPECT_EQ(warning.total, 40U);
  EXPECT_DOUBLE_EQ(warning.ratio, 0.3);
}

TEST(TrialWarnings, NameAQuotaApartFromOthers) {
  TrialWarnings warnings;
  for (const double throttled : {0.0, 0.5, 3.0}) {
    model::Trial trial = CalmTrial();
    trial.throttled = throttled;
    warnings.Add(trial);
  }
  ASSERT_EQ(warnings.All().size(), 1U);
  EXPECT_EQ(warnings.All().front().kind, Warning::Kind::kQuota);
  EXPECT_EQ(warnings.All().front().count, 2U);
  EXPECT_DOUBLE_EQ(warnings.All().front().ratio, 0.75);
}

TEST(TrialWarnings, NameProgramsWithoutPyslow) {
  TrialWarnings warnings;
  for (const double processors : {0.5, 1.0}) {
    model::Trial trial = CalmTrial();
    trial.unrecorded = {{"python3.12", processors}, {"sh", 0.05}};
    warnings.Add(trial);
  }
  ASSERT_EQ(warnings.All().size(), 1U);
  EXPECT_EQ(warnings.All().front().kind, Warning::Kind::kUnrecorded);
  EXPECT_EQ(warnings.All().front().text, "75% of a processor (python3.12)");
}

TEST(TrialWarnings, CountTrialsOfHotProcessors) {
  TrialWarnings warnings;
  model::Trial trial = CalmTrial();
  trial.overheated = 7;
  warnings.Add(trial);
  ASSERT_EQ(warnings.All().size(), 1U);
  EXPECT_EQ(warnings.All().front().kind, Warning::Kind::kOverheated);
  EXPECT_EQ(warnings.All().front().count, 1U);
}

TEST(TrialWarnings, NameWhyGpusLoweredTheirClock) {
  TrialWarnings warnings;
  for (const double share : {0.0, 0.25, 0.5}) {
    model::Trial trial = CalmTrial();
    model::GpuUse& gpu = trial.gpus.emplace_back();
    gpu.busy = 0.5;
    gpu.clock_mhz = 2000 - 1000 * share;
    if (share > 0) gpu.throttled = {{"heat", share}, {"power limit", 0.001}};
    warnings.Add(trial);
  }
  ASSERT_EQ(warnings.All().size(), 1U);
  const Warning warning = warnings.All().front();
  EXPECT_EQ(warning.kind, Warning::Kind::kGpuThrottled);
  EXPECT_EQ(warning.count, 2U);
  EXPECT_EQ(warning.total, 3U);
  EXPECT_EQ(warning.text, "heat");
  EXPECT_DOUBLE_EQ(warning.low, 1500);
  EXPECT_DOUBLE_EQ(warning.high, 2000);
  EXPECT_EQ(warnings.gpus().size(), 1U);
}

// Another program's, or none.
TEST(TrialWarnings, LeaveOutAGpuThatDoesNotWork) {
  TrialWarnings warnings;
  model::Trial trial = CalmTrial();
  model::GpuUse& gpu = trial.gpus.emplace_back();
  gpu.busy = 0.001;
  gpu.throttled = {{"heat", 1}};
  warnings.Add(trial);
  EXPECT_TRUE(warnings.All().empty());
  EXPECT_TRUE(warnings.gpus().empty());
}

TEST(TrialWarnings, CountTrialsInWhichOthersUsedTheGpu) {
  TrialWarnings warnings;
  model::Trial trial = CalmTrial();
  warnings.Add(trial);
  model::GpuUse& gpu = trial.gpus.emplace_back();
  gpu.busy = 0.5;
  gpu.is_shared = true;
  warnings.Add(trial);
  ASSERT_EQ(warnings.All().size(), 1U);
  EXPECT_EQ(warnings.All().front().kind, Warning::Kind::kGpuShared);
  EXPECT_EQ(warnings.All().front().count, 1U);
}

TEST(TrialWarnings, SayOnceThatTheWaitIsUnknown) {
  TrialWarnings warnings;
  warnings.Add({});
  warnings.Add({});
  ASSERT_EQ(warnings.All().size(), 1U);
  EXPECT_EQ(warnings.All().front().kind, Warning::Kind::kWaitUnknown);
}

TEST(TrialWarnings, SayOnceThatMatchesDiffer) {
  model::Trial trial = CalmTrial();
  trial.reading = {50, true, 0.002, 0.01, 1e-5, "0.002", ""};
  TrialWarnings warnings;
  warnings.Add(trial);
  warnings.Add(trial);
  ASSERT_EQ(warnings.All().size(), 1U);
  const Warning warning = warnings.All().front();
  EXPECT_EQ(warning.kind, Warning::Kind::kMatchesDiffer);
  EXPECT_EQ(warning.count, 50U);
  EXPECT_EQ(warning.low, 0.002);
  EXPECT_EQ(warning.high, 0.01);
  EXPECT_TRUE(warnings.converted().first.empty());
}

TEST(TrialWarnings, AcceptMatchesThatAgreeOrAreCombined) {
  model::Trial trial = CalmTrial();
  trial.reading = {50, true, 1, 1.01, 0, "1", ""};
  EXPECT_FALSE(MatchesDiffer(trial).has_value());
  trial.reading = {50, false, 1, 2, 0, "1", ""};
  EXPECT_FALSE(MatchesDiffer(trial).has_value());
  trial.reading = {1, true, 1, 1, 0, "1", ""};
  EXPECT_FALSE(MatchesDiffer(trial).has_value());
  EXPECT_FALSE(MatchesDiffer(CalmTrial()).has_value());
}

TEST(TrialWarnings, KeepTheFirstConversion) {
  model::Trial trial = CalmTrial();
  TrialWarnings warnings;
  warnings.Add(trial);
  for (const char* printed : {"1.05s/it", "1.31kit/s"}) {
    trial.reading = {1, true, 1, 1, 0, printed, "as shown"};
    warnings.Add(trial);
  }
  EXPECT_EQ(warnings.converted().first, "1.05s/it");
}

}  // namespace
}  // namespace pyslow::steps
