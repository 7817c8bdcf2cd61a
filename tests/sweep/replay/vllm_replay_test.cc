// vLLM's API server and its engine, a process each, on two cores.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "recorded_trials.h"
#include "sweep/statistics/arms.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/judge.h"

namespace pyslow::steps {
namespace {

using model::Verdict;
using statistics::ArmFinding;

std::map<std::string, ArmFinding> FindingsOf(const RecordedTrials& trials, size_t blocks) {
  statistics::ArmLimits limits;
  limits.subjects = trials.groups().size();
  limits.looks = statistics::kArmLooks.size();
  const std::vector<ArmFinding> findings =
      statistics::JudgeArms(trials.Arms(blocks), trials.groups().size(), limits);
  std::map<std::string, ArmFinding> by_name;
  for (size_t i = 0; i < findings.size(); ++i) by_name[trials.groups()[i]] = findings[i];
  return by_name;
}

// Two layers of 128: Python takes most of the time of both cores. Two blocks with one control each.
class VllmTinyReplay : public ::testing::Test {
 protected:
  static constexpr size_t kBlocks = 2;
  const RecordedTrials trials_{"vllm-tiny"};
};

TEST_F(VllmTinyReplay, EightTrialsOfThePilotShowThatPythonIsCritical) {
  statistics::JudgeOptions options;
  const model::CurveFinding finding =
      statistics::JudgeCurve(trials_.Curve("pilot", 2, Settings()), options);
  EXPECT_EQ(finding.trials, 8U);
  EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  // 392 ± 89 over the requested delays, which were exceeded by 9%.
  EXPECT_NEAR(finding.critical_calls.value, 356, 1);
  EXPECT_NEAR(finding.critical_calls.range->high, 356 + 83, 3);
  EXPECT_NEAR(finding.critical_calls.range->low, 356 - 83, 3);
  options.confidence = statistics::kLookConfidence;
  EXPECT_EQ(statistics::JudgeCurve(trials_.Curve("pilot", 2, Settings()), options).verdict(),
            Verdict::kLinear);
}

TEST_F(VllmTinyReplay, TheControlDiffersAfterTheRestart) {
  EXPECT_GT(trials_.ControlOf("pilot"), 1.3 * trials_.ControlOf("groups"));
}

// Two trials of each subsystem and two controls, with a noise of 47% of T0, are no find among 20
// (R20 wants three). None is called hidden. A sweep now has four controls in a block, and a dose of
// 2 T0.
TEST_F(VllmTinyReplay, EverySubsystemSlowsByAboutItsDose) {
  const double control = trials_.ControlOf("groups");
  size_t shown = 0;
  for (const auto& [name, finding] : FindingsOf(trials_, kBlocks)) {
    const double change = control / (control + finding.effect.value) - 1;
    EXPECT_LE(change, -0.52) << name;
    EXPECT_GE(change, -0.73) << name;
    EXPECT_NE(finding.state, ArmFinding::State::kHidden) << name;
    EXPECT_NE(finding.state, ArmFinding::State::kPartial) << name;
    shown += finding.effect.range->low > 0 ? 1 : 0;
  }
  // Other work kept a core busy beside zmq: R16.
  EXPECT_GE(shown, 19U);
}

TEST_F(VllmTinyReplay, TheNoiseAsksForTheLargerDose) {
  const double control = trials_.ControlOf("groups");
  const double noise = FindingsOf(trials_, kBlocks).begin()->second.noise / control;
  EXPECT_NEAR(noise, 0.47, 0.02);
  EXPECT_DOUBLE_EQ(statistics::ArmDose(control, noise, Settings().max_slowdown), 2 * control);
  EXPECT_EQ(statistics::ControlsOf(trials_.groups().size()), 4U);
}

// Six layers of 1024, four groups, one dose of T0.
class Vllm1024Replay : public ::testing::Test {
 protected:
  static constexpr size_t kBlocks = 4;
  const RecordedTrials trials_{"vllm-1024"};
};

TEST_F(Vllm1024Replay, TheEnginesSubsystemsAreCriticalAfterThreeBlocks) {
  for (const size_t blocks : {3, 4}) {
    std::map<std::string, ArmFinding> findings = FindingsOf(trials_, blocks);
    for (const char* const name : {"scheduler", "worker", "model"}) {
      EXPECT_EQ(findings[name].state, ArmFinding::State::kCritical) << name << blocks;
      EXPECT_NEAR(findings[name].kappa.value, 1.1, 0.07) << name << blocks;
    }
  }
}

TEST_F(Vllm1024Replay, TheApiServerIsPartialAfterThreeBlocks) {
  EXPECT_EQ(FindingsOf(trials_, 2)["api server"].state, ArmFinding::State::kUndecided);
  for (const size_t blocks : {3, 4}) {
    const ArmFinding finding = FindingsOf(trials_, blocks)["api server"];
    EXPECT_EQ(finding.state, ArmFinding::State::kPartial) << blocks;
    EXPECT_NEAR(finding.kappa.value, 0.71, 0.02) << blocks;
  }
}

TEST_F(Vllm1024Replay, VerdictsAreThoseOfTheArms) {
  std::map<std::string, ArmFinding> findings = FindingsOf(trials_, kBlocks);
  for (size_t group = 0; group < trials_.groups().size(); ++group) {
    const std::string& name = trials_.groups()[group];
    const bool is_server = name == "api server";
    const model::CurveFinding finding = statistics::JudgeArm(
        trials_.ArmCurve(group), findings[name], statistics::Now::kUnknown, {});
    EXPECT_EQ(finding.verdict(), is_server ? Verdict::kSubLinear : Verdict::kLinear) << name;
    EXPECT_NEAR(finding.change_at_largest_dose->value, is_server ? -0.42 : -0.52, 0.015) << name;
  }
}

}  // namespace
}  // namespace pyslow::steps
