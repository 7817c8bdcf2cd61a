#include "experiment/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace pyslow::experiment {
namespace {

using Kind = TrialOutcome::Kind;
using ::testing::ElementsAre;

// Measures every trial but the one that it is told of.
class FakeTrials : public TrialRunner {
 public:
  FakeTrials(int bad, Kind kind) : bad_(bad), kind_(kind) {}
  TrialOutcome Run(const PlannedTrial& planned) override {
    run_.push_back(planned.index);
    TrialOutcome outcome;
    outcome.kind = planned.index == bad_ ? kind_ : Kind::kMeasured;
    outcome.trial.index = planned.index;
    outcome.why = "broken";
    return outcome;
  }
  const std::vector<int>& run() const { return run_; }

 private:
  const int bad_;
  const Kind kind_;
  std::vector<int> run_;
};

const std::vector<PlannedTrial> kPlan = {{0, 0, 0}, {1, 0, 1'000}, {2, 1, 0}, {3, 1, 1'000}};

TEST(RunTrials, KeepsEachTrialBeforeTheNextIsRun) {
  FakeTrials runner(-1, Kind::kFailed);
  std::vector<std::pair<size_t, int>> kept;
  const SweepEnd end = RunTrials(kPlan, runner, [&](const Trial& trial) {
    kept.emplace_back(runner.run().size(), trial.index);
    return absl::OkStatus();
  });
  EXPECT_EQ(end.outcome.kind, Kind::kMeasured);
  EXPECT_EQ(end.measured, 4U);
  EXPECT_THAT(kept,
              ElementsAre(std::pair(1, 0), std::pair(2, 1), std::pair(3, 2), std::pair(4, 3)));
}

TEST(RunTrials, StopsAtTheFirstThatFails) {
  FakeTrials runner(2, Kind::kFailed);
  const SweepEnd end = RunTrials(kPlan, runner, [](const Trial&) { return absl::OkStatus(); });
  EXPECT_EQ(end.outcome.kind, Kind::kFailed);
  EXPECT_EQ(end.outcome.why, "broken");
  EXPECT_EQ(end.measured, 2U);
  EXPECT_THAT(runner.run(), ElementsAre(0, 1, 2));
}

TEST(RunTrials, StopsWhenInterrupted) {
  FakeTrials runner(1, Kind::kInterrupted);
  const SweepEnd end = RunTrials(kPlan, runner, [](const Trial&) { return absl::OkStatus(); });
  EXPECT_EQ(end.outcome.kind, Kind::kInterrupted);
  EXPECT_EQ(end.measured, 1U);
}

TEST(RunTrials, StopsWhereATrialCannotBeKept) {
  FakeTrials runner(-1, Kind::kFailed);
  const SweepEnd end = RunTrials(
      kPlan, runner, [](const Trial&) { return absl::UnavailableError("the disk is full"); });
  EXPECT_EQ(end.outcome.kind, Kind::kFailed);
  EXPECT_EQ(end.outcome.why, "the disk is full");
  EXPECT_EQ(end.measured, 0U);
  EXPECT_THAT(runner.run(), ElementsAre(0));
}

}  // namespace
}  // namespace pyslow::experiment
