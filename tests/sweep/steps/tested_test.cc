#include "sweep/steps/tested.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "sweep/model/verdict.h"

namespace pyslow::steps {
namespace {

using model::Verdict;
using Why = model::Reason::Kind;

constexpr size_t kBlocks = 6;
constexpr double kControlSeconds = 0.01;
constexpr double kDoseSeconds = 0.01;  // per unit
constexpr double kUnits = 100;

class TestedTest : public ::testing::Test {
 protected:
  TestedTest() {
    settings_.trials.measure = trials::Measure::kThroughput;
    subject_.groups = {0};
    subject_.own_seconds_per_unit = {0.005, 0.005};
    finding_.reason.kind = Why::kEffectExcluded;
    finding_.control.value = kControlSeconds;
    finding_.levels.resize(2);
    finding_.levels.back().delay_ns = 1'000'000;
    // E is 0 ± 0.5% of the dose.
    finding_.critical_calls = {0, model::Range{-0.05, 0.05}};
    blocks_.arms.resize(2);
    for (size_t block = 0; block < kBlocks; ++block) {
      blocks_.blocks.push_back({TrialOf(0, block), TrialOf(1, block)});
    }
  }

  static ArmTrial TrialOf(size_t arm, size_t block) {
    ArmTrial one;
    one.arm = arm;
    one.trial.units = kUnits;
    // Some noise.
    const double noise = 1e-6 * static_cast<double>((3 * block + arm) % 5);
    one.trial.seconds_per_unit = kControlSeconds + noise;
    one.trial.wall_seconds = 2 + 100 * noise;
    model::GroupCounts counts;
    counts.calls = 1000;
    counts.by_process = {1000};
    if (arm == 1) {
      counts.delayed = 1000;
      counts.spun_ns = kDoseSeconds * kUnits * 1e9;
    }
    one.trial.counts = {counts};
    return one;
  }

  // All trials with a delay.
  template <typename Change>
  void ChangeDelayed(Change change) {
    for (std::vector<ArmTrial>& block : blocks_.blocks) change(block.back().trial);
  }

  Why Withhold() {
    WithholdUntested(settings_, subject_, blocks_, {{0, 0}, {1, 1'000'000}}, &finding_);
    return finding_.reason.kind;
  }

  Settings settings_;
  Subject subject_;
  BlockedTrials blocks_;
  model::CurveFinding finding_;
};

TEST_F(TestedTest, ADoseInsideTheMeasuredTimeIsATest) {
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  EXPECT_TRUE(finding_.warnings.empty());
}

TEST_F(TestedTest, OtherVerdictsStay) {
  finding_.reason.kind = Why::kEveryCallCounts;
  ChangeDelayed([](model::Trial& trial) { trial.unrecorded["python3.12"] = 1; });
  EXPECT_EQ(Withhold(), Why::kEveryCallCounts);
}

TEST_F(TestedTest, DelaysThatOnlyMakeTheTrialLongerAreNoTest) {
  ChangeDelayed([](model::Trial& trial) { trial.wall_seconds += 0.97 * kDoseSeconds * kUnits; });
  EXPECT_EQ(Withhold(), Why::kDelayOutside);
  EXPECT_EQ(finding_.verdict(), Verdict::kUntested);
}

// Regression: a serial program whose figure was noisy beside a load was said to be delayed outside
// of what it measures, because its trials took longer, as they do.
TEST_F(TestedTest, MoreTrialsHelpIfTheFigureMayHaveMovedAsMuch) {
  finding_.reason.kind = Why::kNoiseHides;
  finding_.kappa = model::Estimate{0.9, model::Range{-0.3, 1.1}};
  ChangeDelayed([](model::Trial& trial) { trial.wall_seconds += 0.97 * kDoseSeconds * kUnits; });
  EXPECT_EQ(Withhold(), Why::kNoiseHides);
  finding_.kappa = model::Estimate{0.1, model::Range{-0.1, 0.3}};
  EXPECT_EQ(Withhold(), Why::kDelayOutside);
}

TEST_F(TestedTest, MoreTrialsDoNotHelpIfTheDelaysFellOutside) {
  finding_.reason.kind = Why::kNoiseHides;
  EXPECT_EQ(Withhold(), Why::kNoiseHides);
  ChangeDelayed([](model::Trial& trial) { trial.wall_seconds += 0.97 * kDoseSeconds * kUnits; });
  EXPECT_EQ(Withhold(), Why::kDelayOutside);
}

TEST_F(TestedTest, APartOutsideLeavesASmallerDose) {
  ChangeDelayed([](model::Trial& trial) { trial.wall_seconds += 0.3 * kDoseSeconds * kUnits; });
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  // .7 of the dose is less than .75.
  subject_.own_seconds_per_unit = {0.75 * kDoseSeconds, 0.75 * kDoseSeconds};
  EXPECT_EQ(Withhold(), Why::kDoseTooSmall);
}

// Another trial than the figure's: a run is the unit.
TEST_F(TestedTest, ARunIsMeasuredWhole) {
  settings_.trials.measure = trials::Measure::kWallTime;
  ChangeDelayed([](model::Trial& trial) { trial.wall_seconds += kDoseSeconds * kUnits; });
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
}

TEST_F(TestedTest, ADoseBelowTheOwnTimeIsNoTest) {
  subject_.own_seconds_per_unit = {1.1 * kDoseSeconds, 1.1 * kDoseSeconds};
  EXPECT_EQ(Withhold(), Why::kDoseTooSmall);
}

// Each of two processes has half of the dose, and half of the own time.
TEST_F(TestedTest, TheDoseOfAllProcessesIsComparedWithTheirOwnTime) {
  ChangeDelayed([](model::Trial& trial) { trial.counts->front().by_process = {500, 500}; });
  subject_.own_seconds_per_unit = {0.9 * kDoseSeconds, 0.9 * kDoseSeconds};
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
}

TEST_F(TestedTest, OwnTimeOfSeldomCalledFunctionsIsShown) {
  subject_.seldom = "__main__:<module>";
  subject_.seldom_own_seconds_per_unit = {0.002, 0.002};
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  ASSERT_EQ(finding_.warnings.size(), 1U);
  EXPECT_EQ(finding_.warnings.front().kind, model::Warning::Kind::kSeldomCalled);
  EXPECT_EQ(finding_.warnings.front().text, "__main__:<module>");
  EXPECT_DOUBLE_EQ(finding_.warnings.front().ratio, 0.4);
}

TEST_F(TestedTest, MostOfTheOwnTimeInSeldomCalledFunctionsIsNoTest) {
  subject_.seldom_own_seconds_per_unit = {0.003, 0.003};
  EXPECT_EQ(Withhold(), Why::kOwnTimeElsewhere);
}

// Calls are counted in the window, where their delays fall too.
TEST_F(TestedTest, SeldomCalledFunctionsAreTestedInAWindow) {
  settings_.trials.start_at = "app:step";
  subject_.seldom_own_seconds_per_unit = {0.005, 0.005};
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
}

TEST_F(TestedTest, AFigureThatNeverMovesMeasuresNothing) {
  for (std::vector<ArmTrial>& block : blocks_.blocks) {
    for (ArmTrial& one : block) one.trial.seconds_per_unit = kControlSeconds;
  }
  EXPECT_EQ(Withhold(), Why::kFigureNeverMoves);
}

// With a step of 1% of T0, readings are equal if nothing changes; those of a stale figure are equal
// too, while the trials take longer.
TEST_F(TestedTest, AFigureWithFewDigitsMayStayTheSame) {
  for (std::vector<ArmTrial>& block : blocks_.blocks) {
    for (ArmTrial& one : block) {
      one.trial.seconds_per_unit = kControlSeconds;
      one.trial.reading.emplace().step = 0.01 * kControlSeconds;
    }
  }
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  ChangeDelayed([](model::Trial& trial) { trial.wall_seconds += 0.97 * kDoseSeconds * kUnits; });
  EXPECT_EQ(Withhold(), Why::kFigureNeverMoves);
}

TEST_F(TestedTest, AnotherPythonThatWorkedIsNoTest) {
  ChangeDelayed([](model::Trial& trial) {
    trial.unrecorded["python3.12"] = 0.4;
    trial.unrecorded["redis-server"] = 1;
  });
  EXPECT_EQ(Withhold(), Why::kOtherPython);
}

TEST_F(TestedTest, AnotherProgramDoesNotMatter) {
  ChangeDelayed([](model::Trial& trial) {
    trial.unrecorded["python3.12"] = 0.1;
    trial.unrecorded["redis-server"] = 1;
  });
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
}

TEST_F(TestedTest, APythonOutsideThatWorksMoreThanTheCommandIsNamed) {
  const auto set = [&](double outside, double command) {
    for (std::vector<ArmTrial>& block : blocks_.blocks) {
      for (ArmTrial& one : block) {
        one.trial.outside["python3.12"] = outside;
        one.trial.processors = command;
      }
    }
  };
  set(0.9, 1);  // another program of the machine
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  set(0.05, 0.01);
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  set(0.9, 0.1);
  EXPECT_EQ(Withhold(), Why::kOtherPython);
}

TEST_F(TestedTest, WorkThatRanOnWasNotMeasured) {
  settings_.trials.measure = trials::Measure::kWallTime;
  blocks_.blocks[0][0].trial.ran_on = 1;
  EXPECT_EQ(Withhold(), Why::kEffectExcluded);
  for (std::vector<ArmTrial>& block : blocks_.blocks) {
    for (ArmTrial& one : block) one.trial.ran_on = 1;
  }
  EXPECT_EQ(Withhold(), Why::kWorkRanOn);
}

}  // namespace
}  // namespace pyslow::steps
