#include "sweep/steps/figure_check.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace pyslow::steps {
namespace {

using WarningKind = model::Warning::Kind;

constexpr size_t kFigureBlocks = 6;
constexpr double kUnitSeconds = 0.01;
constexpr double kUnitsOfTrial = 100;
constexpr double kDelaySeconds = 1;  // in the delays of a trial

// A program that reports its throughput: a start of one second, and 100 units of 10 ms. With the
// delay a unit takes twice as long, and the trial one second more.
class FigureCheckTest : public ::testing::Test {
 protected:
  FigureCheckTest() {
    settings_.trials.measure = trials::Measure::kTime;
    subject_.groups = {0};
    finding_.control.value = kUnitSeconds;
    finding_.levels.resize(2);
    finding_.levels.back().delay_ns = 1'000'000;
    finding_.critical_calls = {10, model::Range{9, 11}};
    blocks_.arms.resize(2);
    for (size_t block = 0; block < kFigureBlocks; ++block) {
      blocks_.blocks.push_back({TrialOf(0, block), TrialOf(1, block)});
    }
  }

  static ArmTrial TrialOf(size_t arm, size_t block) {
    const double noise = 1e-6 * static_cast<double>((3 * block + arm) % 5);
    ArmTrial one;
    one.arm = arm;
    const double delays = arm == 1 ? kDelaySeconds : 0;
    one.trial.seconds_per_unit = kUnitSeconds + delays / kUnitsOfTrial + noise;
    one.trial.wall_seconds = 2 + delays + 100 * noise;
    one.trial.window_seconds = one.trial.wall_seconds;
    model::GroupCounts counts;
    counts.calls = 1000;
    counts.by_process = {1000};
    counts.spun_ns = delays * 1e9;
    one.trial.counts = {counts};
    return one;
  }

  template <typename Change>
  void ChangeAll(Change change) {
    for (std::vector<ArmTrial>& block : blocks_.blocks) {
      for (ArmTrial& one : block) change(one.trial, one.arm == 1);
    }
  }

  // The warnings' kinds.
  std::vector<WarningKind> Check() {
    CheckFigure(settings_, subject_, blocks_, {{0, 0}, {1, 1'000'000}}, &finding_);
    std::vector<WarningKind> kinds;
    for (const model::Warning& warning : finding_.warnings) kinds.push_back(warning.kind);
    return kinds;
  }

  Settings settings_;
  Subject subject_;
  BlockedTrials blocks_;
  model::CurveFinding finding_;
};

TEST_F(FigureCheckTest, AnHonestFigureAfterAStartIsFine) {
  EXPECT_TRUE(Check().empty());
  ChangeAll([](model::Trial& trial, bool) { trial.units = kUnitsOfTrial; });
  EXPECT_TRUE(Check().empty());
}

TEST_F(FigureCheckTest, FindsWorkThatIsNotWaitedFor) {
  ChangeAll([](model::Trial& trial, bool delayed) {
    if (delayed) trial.wall_seconds -= kDelaySeconds;
  });
  EXPECT_EQ(Check(), std::vector<WarningKind>{WarningKind::kUnwaitedWork});
  EXPECT_NEAR(finding_.warnings.front().ratio, 1, 0.01);
  EXPECT_LT(finding_.warnings.front().share, 0.01);
}

TEST_F(FigureCheckTest, ComparesWithTheCriticalFraction) {
  // Half of the delays reach the clock, of the figure and of the trial.
  finding_.kappa = {0.5, model::Range{0.45, 0.55}};
  ChangeAll([](model::Trial& trial, bool delayed) {
    if (delayed) trial.wall_seconds -= kDelaySeconds / 2;
  });
  EXPECT_TRUE(Check().empty());
  finding_.kappa = {2, model::Range{1.8, 2.2}};
  EXPECT_EQ(Check(), std::vector<WarningKind>{WarningKind::kUnwaitedWork});
}

TEST_F(FigureCheckTest, ATrialOfFixedLengthIsFine) {
  ChangeAll([](model::Trial& trial, bool delayed) {
    if (!delayed) return;
    trial.wall_seconds -= kDelaySeconds;
    trial.counts->front().calls /= 2;
  });
  EXPECT_TRUE(Check().empty());
}

// Most of the calls, and of the delays, are in a process or a thread that is hidden.
TEST_F(FigureCheckTest, HiddenCallsBesideACriticalOneAreFine) {
  ChangeAll([](model::Trial& trial, bool) { trial.counts->front().spun_ns *= 10; });
  EXPECT_TRUE(Check().empty());
}

TEST_F(FigureCheckTest, AnEffectThatIsNotShownIsNoDisagreement) {
  finding_.critical_calls = {10, model::Range{-1, 21}};
  ChangeAll([](model::Trial& trial, bool delayed) {
    if (delayed) trial.wall_seconds -= kDelaySeconds;
  });
  EXPECT_TRUE(Check().empty());
}

TEST_F(FigureCheckTest, ComparesTheUnitsWithTheirWindow) {
  ChangeAll([](model::Trial& trial, bool) { trial.units = kUnitsOfTrial / 5; });
  EXPECT_TRUE(Check().empty());  // The rest may be the start.
  settings_.trials.start_at = "app:step";
  EXPECT_EQ(Check(), std::vector<WarningKind>{WarningKind::kFigureShort});
  EXPECT_NEAR(finding_.warnings.front().ratio, 0.1, 1e-3);
}

TEST_F(FigureCheckTest, FindsATrialThatHardlyHasItsUnits) {
  ChangeAll([](model::Trial& trial, bool) { trial.wall_seconds += 60; });
  EXPECT_EQ(Check(), std::vector<WarningKind>{WarningKind::kFigureShort});
  // 1000 calls, of which each unit has at least 9.
  EXPECT_NEAR(finding_.warnings.front().ratio, 1000.0 / 9 * kUnitSeconds / 62, 1e-4);
}

TEST_F(FigureCheckTest, TheBoundNeedsAnEffect) {
  finding_.critical_calls = {10, model::Range{-1, 21}};
  ChangeAll([](model::Trial& trial, bool) { trial.wall_seconds += 60; });
  EXPECT_TRUE(Check().empty());
}

TEST_F(FigureCheckTest, ComparesTheUnitsWithTheTrial) {
  ChangeAll([](model::Trial& trial, bool) { trial.units = kUnitsOfTrial * 1000; });
  EXPECT_EQ(Check(), std::vector<WarningKind>{WarningKind::kFigureLong});
}

TEST_F(FigureCheckTest, AServerHasNoWholeRuns) {
  settings_.trials.is_server = true;
  ChangeAll([](model::Trial& trial, bool delayed) {
    if (delayed) trial.wall_seconds -= kDelaySeconds;
  });
  EXPECT_TRUE(Check().empty());
}

}  // namespace
}  // namespace pyslow::steps
