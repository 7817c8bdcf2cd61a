#include "sweep/statistics/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>
#include <vector>

#include "example_blocks.h"
#include "simulated_curve.h"
#include "workloads.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Estimate;
using model::KappaWithheld;
using model::NoGain;
using model::Prediction;
using model::Range;
using model::Reason;
using model::Shape;
using model::Verdict;
using model::Warning;
using model::Withheld;
namespace {

// Eight blocks at 0 … 100 us per call of 100 calls, without noise.
std::vector<Block> ExactCurve(std::function<double(double)> added, size_t blocks = 8) {
  SimulatedWorkload workload = OneFunction("exact", std::move(added));
  workload.disturbance.noise = 0;
  return SimulateCurve(workload, SixDelaysUpTo(100'000), blocks, 1);
}

std::vector<Block> NoisyCurve(std::function<double(double)> added, size_t blocks = 8) {
  return SimulateCurve(OneFunction("noisy", std::move(added)), SixDelaysUpTo(100'000), blocks, 1);
}

double Serial(double dose) { return dose; }

bool HasWarning(const CurveFinding& finding, Warning::Kind kind) {
  return std::any_of(finding.warnings.begin(), finding.warnings.end(),
                     [kind](const Warning& warning) { return warning.kind == kind; });
}

TEST(JudgeCurve, IsInconclusiveForOneBlockOfTheMethodologysExample) {
  const CurveFinding finding = JudgeCurve({SeedsExample()}, {});
  EXPECT_EQ(finding.verdict(), Verdict::kInconclusive);
  EXPECT_EQ(finding.more_blocks, 1U);
  ASSERT_EQ(finding.predictions.size(), 2U);
  EXPECT_NEAR(finding.predictions[1].throughput->value, 105, 1.5);
  EXPECT_FALSE(finding.predictions[1].throughput->range.has_value());
  EXPECT_EQ(finding.kappa_withheld.kind, KappaWithheld::Kind::kNotCounted);
}

// The delays are 50 times as long as requested, because they are preempted. Compared with the
// delivered dose, the effect of the requested delays is always small.
TEST(JudgeCurve, ComparesTheEffectOfDeliveredDelaysWithTheirDose) {
  constexpr double kStretch = 50;
  constexpr double kCalls = 300;
  std::vector<Block> blocks;
  for (const double noise : {-0.5, 0.4, -0.3, 0.6}) {
    Block& block = blocks.emplace_back();
    for (const int64_t delay_ns : {0, 135, 270, 540}) {
      Observation o;
      o.delay_ns = delay_ns;
      o.stretch = delay_ns == 0 ? 1 : kStretch;
      o.calls_per_unit = kCalls;
      o.delivered_seconds = kCalls * DelaySeconds(o) * o.stretch;
      const double sign = delay_ns % 270 == 0 ? 1 : -1;
      o.seconds_per_unit = 0.005 + *o.delivered_seconds + sign * noise * 0.01;
      block.push_back(o);
    }
  }
  const CurveFinding finding = JudgeCurve(blocks, {});
  EXPECT_NE(finding.verdict(), Verdict::kNone);
}

// Regression: beside two compilers on two cores, a function with a slack was "part of the delay
// counts". Delayed more, the program waited longer for a core.
TEST(JudgeCurve, KnowsNoShapeIfTheWaitingGrowsWithTheDose) {
  struct Case {
    double outside, in_delays;  // seconds of waiting for a second of dose
    bool calm;
    Reason::Kind reason;
  };
  // The dose costs half of itself, so that .04 of it is .08 of the effect.
  for (const Case& one :
       {Case{0, 0, true, Reason::Kind::kPartCounts}, Case{0.04, 0, true, Reason::Kind::kPartCounts},
        Case{0.06, 0, true, Reason::Kind::kSlackPossible},
        Case{0.03, 0.05, true, Reason::Kind::kSlackPossible},
        Case{0.03, 0.02, true, Reason::Kind::kPartCounts},
        Case{0.02, 0.02, false, Reason::Kind::kPartCounts},
        Case{0.2, 0, false, Reason::Kind::kSlackPossible}}) {
    std::vector<Block> blocks = NoisyCurve([](double dose) { return dose / 2; });
    for (Block& block : blocks) {
      for (Observation& o : block) {
        const double dose = *o.calls_per_unit * DelaySeconds(o);
        o.stretch = 1 + one.in_delays;
        o.delivered_seconds = dose * o.stretch;
        o.waited_seconds = 1e-4 + one.outside * dose;
        o.calm = one.calm;
      }
    }
    EXPECT_EQ(JudgeCurve(blocks, {}).reason.kind, one.reason)
        << one.outside << " " << one.in_delays << " " << one.calm;
  }
}

// Regression: four workers on two cores, which wait for each other, were "growing". In the third
// block the delays are larger than before, and one trial alone was too long for a straight line.
TEST(JudgeCurve, BendsNoLineByOneTrialAtTheLargestDelay) {
  struct Trial {
    int64_t delay_ns;
    double micros;
  };
  std::vector<std::vector<Trial>> measured = {
      {{0, 1052.1}, {135'308, 1085.9}, {0, 1049.2}, {67'654, 1077.5}, {270'615, 1117.8}},
      {{67'654, 1074.7}, {270'615, 1131.4}, {0, 1052.0}, {135'308, 1089.2}, {0, 1051.6}},
      {{895'617, 1320}, {223'904, 1110.7}, {447'809, 1166.5}, {0, 1053.1}, {0, 1052.0}}};
  const auto judge = [&measured] {
    std::vector<Block> blocks;
    for (const std::vector<Trial>& trials : measured) {
      Block& block = blocks.emplace_back();
      for (const Trial& trial : trials) {
        Observation o;
        o.delay_ns = trial.delay_ns;
        o.seconds_per_unit = trial.micros * 1e-6;
        o.calls_per_unit = 0.985;
        o.processes = 4;
        o.delivered_seconds = *o.calls_per_unit * DelaySeconds(o);
        block.push_back(o);
      }
    }
    return JudgeCurve(blocks, {}).reason.kind;
  };
  EXPECT_EQ(judge(), Reason::Kind::kFlatStartUnclear);
  // A second trial shows what the first one was.
  measured.push_back(measured.back());
  measured.back().front().micros = 1277;
  EXPECT_EQ(judge(), Reason::Kind::kEveryCallCounts);
  measured.back().front().micros = 1330;
  EXPECT_EQ(judge(), Reason::Kind::kGrowing);
}

TEST(JudgeCurve, AcceptsTimesWithoutNoise) {
  EXPECT_EQ(JudgeCurve(ExactCurve(Serial), {}).verdict(), Verdict::kLinear);
  EXPECT_EQ(JudgeCurve(ExactCurve([](double) { return 0; }), {}).verdict(), Verdict::kNone);
  const CurveFinding bent =
      JudgeCurve(ExactCurve([](double dose) { return std::max(0.0, dose - 0.004); }), {});
  EXPECT_EQ(bent.verdict(), Verdict::kThreshold);
  EXPECT_NEAR(bent.slack_seconds_per_unit->value, 0.004, 1e-6);
  EXPECT_NEAR(bent.slack_seconds_per_call->value, 40e-6, 1e-8);
  EXPECT_NEAR(bent.kappa_after_slack->value, 1, 1e-3);
  EXPECT_EQ(bent.predictions.size(), 0U);
  EXPECT_EQ(bent.no_gain, NoGain::kHiddenBySlack);
}

TEST(JudgeCurve, PredictsNothingIfTheNoiseHidesTheEffect) {
  size_t hidden = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SimulatedWorkload workload = OneFunction("faint", [](double dose) { return 0.3 * dose; });
    workload.disturbance.noise = 0.2;
    const CurveFinding finding =
        JudgeCurve(SimulateCurve(workload, SixDelaysUpTo(100'000), 3, seed), {});
    if (finding.reason.kind != Reason::Kind::kNoiseHides) continue;
    ++hidden;
    EXPECT_TRUE(finding.predictions.empty());
    EXPECT_EQ(finding.no_gain, NoGain::kNoVerdict);
  }
  EXPECT_GT(hidden, 5U);
}

// Between the last two delays the knee may be anywhere, and the slope after it is not known.
TEST(JudgeCurve, WithholdsTheShareBeyondAKneeNearTheLargestDelay) {
  const CurveFinding bent =
      JudgeCurve(NoisyCurve([](double dose) { return std::max(0.0, dose - 0.0085); }), {});
  EXPECT_EQ(bent.verdict(), Verdict::kThreshold);
  ASSERT_TRUE(bent.slack_seconds_per_unit.has_value());
  EXPECT_GE(bent.slack_seconds_per_unit->range->high, 0.0085);
  EXPECT_FALSE(bent.kappa_after_slack.has_value());
}

// Found on a real machine: a hidden function with a random bend was called growing.
TEST(JudgeCurve, ADipWithoutAnEffectAtTheLargestDoseIsNotGrowth) {
  const CurveFinding finding = JudgeCurve(ExactCurve([](double dose) {
                                            const double share = dose / 0.010;
                                            return 0.0004 * share * (share - 1);
                                          }),
                                          {});
  EXPECT_EQ(finding.verdict(), Verdict::kNone);
  EXPECT_EQ(finding.shape.kind, Shape::Kind::kLine);
}

TEST(JudgeCurve, NeverCalledIsUntested) {
  std::vector<Block> blocks = NoisyCurve([](double) { return 0; });
  for (Block& block : blocks) {
    for (Observation& o : block) o.calls_per_unit = o.delivered_seconds = 0;
  }
  EXPECT_EQ(JudgeCurve(blocks, {}).verdict(), Verdict::kUntested);
}

TEST(JudgeCurve, WithholdsKappaIfCallsAreNotCounted) {
  std::vector<Block> blocks = NoisyCurve(Serial);
  blocks[3][2].calls_per_unit.reset();
  blocks[3][2].delivered_seconds.reset();
  const CurveFinding finding = JudgeCurve(blocks, {});
  EXPECT_FALSE(finding.kappa.has_value());
  EXPECT_FALSE(finding.elastic);
  EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  EXPECT_NEAR(finding.critical_calls.value, 100, 5);
}

// It is over the time in delays, whatever the number of calls.
TEST(JudgeCurve, GivesKappaOfElasticCalls) {
  SimulatedWorkload polls = OneFunction("polls", [](double delay) { return 100 * delay; });
  polls.functions[0].calls_at = [](double delay) { return 0.010 / (1e-4 + delay); };
  const CurveFinding finding = JudgeCurve(SimulateCurve(polls, SixDelaysUpTo(100'000), 8, 1), {});
  EXPECT_TRUE(finding.elastic);
  EXPECT_EQ(finding.kappa_withheld.kind, KappaWithheld::Kind::kNothing);
  EXPECT_TRUE(finding.kappa.has_value());
}

TEST(JudgeCurve, MarksAVerdictFromOneDose) {
  const std::vector<Block> six = NoisyCurve(Serial);
  std::vector<Block> two;
  for (const Block& block : six) two.push_back({block.front(), block.back()});
  const CurveFinding finding = JudgeCurve(two, {});
  EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  EXPECT_TRUE(finding.reason.is_one_dose);
}

TEST(JudgeArm, TwoBlocksWithoutAnIntervalAreNotOneBlock) {
  std::vector<Block> blocks;
  for (const Block& block : NoisyCurve(Serial, 2)) blocks.push_back({block.front(), block.back()});
  ArmFinding arm;
  arm.effect.value = 0.01;
  arm.kappa.value = 1;
  arm.dose_seconds = 0.01;
  arm.trials = 2;
  EXPECT_EQ(JudgeArm(blocks, arm, Now::kUnknown, {}).reason.kind, Reason::Kind::kNoiseHides);
  blocks.pop_back();
  arm.trials = 1;
  EXPECT_EQ(JudgeArm(blocks, arm, Now::kUnknown, {}).reason.kind, Reason::Kind::kOneBlock);
}

TEST(JudgeCurve, WarnsOfAmplifiedDelays) {
  const CurveFinding finding = JudgeCurve(NoisyCurve([](double dose) { return 1.4 * dose; }), {});
  EXPECT_EQ(finding.verdict(), Verdict::kLinear);
  EXPECT_TRUE(HasWarning(finding, Warning::Kind::kAmplified));
}

TEST(JudgeCurve, WarnsIfTheCurveFlattens) {
  const CurveFinding finding =
      JudgeCurve(NoisyCurve([](double dose) { return dose - 40 * dose * dose; }), {});
  EXPECT_TRUE(HasWarning(finding, Warning::Kind::kFlattens));
}

TEST(JudgeCurve, GivesKappaPerProcessOnlyIfProcessesAreAlike) {
  SimulatedWorkload workers = OneFunction("workers", [](double dose) { return dose / 4; });
  workers.functions[0].processes = 4;
  const auto judge = [&] {
    return JudgeCurve(SimulateCurve(workers, SixDelaysUpTo(100'000), 8, 1), {});
  };
  CurveFinding finding = judge();
  ASSERT_TRUE(finding.kappa_per_process.has_value());
  EXPECT_NEAR(finding.kappa->value, 0.25, 0.05);
  EXPECT_NEAR(finding.kappa_per_process->value, 1, 0.2);
  workers.functions[0].processes_alike = false;
  finding = judge();
  EXPECT_FALSE(finding.kappa_per_process.has_value());
  EXPECT_EQ(finding.verdict(), Verdict::kSubLinear);
  EXPECT_TRUE(HasWarning(finding, Warning::Kind::kUnlikeProcesses));
}

TEST(JudgeCurve, NamesTheMetricThatChangesUnderAnOpenLoop) {
  SimulatedWorkload open = OneFunction("open", [](double) { return 0; });
  open.metrics = [](const std::vector<double>& doses) {
    return std::vector<double>{0.5, 0.004 + doses[0]};
  };
  JudgeOptions options;
  options.metric_names = {"size", "p99"};
  std::vector<Block> blocks = SimulateCurve(open, SixDelaysUpTo(100'000), 8, 1);
  CurveFinding finding = JudgeCurve(blocks, options);
  EXPECT_EQ(finding.verdict(), Verdict::kLoadLimited);
  ASSERT_TRUE(HasWarning(finding, Warning::Kind::kLoadLimited));
  EXPECT_EQ(finding.warnings.back().text, "p99");
  EXPECT_GT(finding.warnings.back().ratio, 0);
  // One missing figure has no influence.
  blocks[2][3].metrics[1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(JudgeCurve(blocks, options).verdict(), Verdict::kLoadLimited);
}

TEST(JudgeArm, AHiddenArmWithAMovedMetricIsLoadLimited) {
  SimulatedWorkload open = OneFunction("open", [](double) { return 0; });
  open.metrics = [](const std::vector<double>& doses) {
    return std::vector<double>{0.5, 0.004 + doses[0]};
  };
  ArmFinding arm;
  arm.state = ArmFinding::State::kHidden;
  arm.effect = Estimate{0, Range{-0.0005, 0.0005}};
  arm.kappa = Estimate{0, Range{-0.05, 0.05}};
  arm.dose_seconds = 0.01;
  arm.trials = 4;
  JudgeOptions options;
  options.metric_names = {"size", "p99"};
  options.subjects = 20;
  const CurveFinding finding =
      JudgeArm(SimulateCurve(open, {0, 100'000}, 4, 1), arm, Now::kUnknown, options);
  EXPECT_EQ(finding.reason.kind, Reason::Kind::kLatencyMovesAlone);
  ASSERT_TRUE(HasWarning(finding, Warning::Kind::kLoadLimited));
  EXPECT_EQ(finding.warnings.back().text, "p99");
  open.metrics = [](const std::vector<double>&) { return std::vector<double>{0.5, 0.004}; };
  EXPECT_EQ(
      JudgeArm(SimulateCurve(open, {0, 100'000}, 4, 1), arm, Now::kUnknown, options).verdict(),
      Verdict::kNone);
}

TEST(JudgeCurve, AThresholdWithAMovedMetricIsLoadLimited) {
  SimulatedWorkload open =
      OneFunction("open", [](double dose) { return std::max(0.0, dose - 0.005); });
  open.metrics = [](const std::vector<double>& doses) {
    return std::vector<double>{0.004 + doses[0]};
  };
  const std::vector<Block> blocks = SimulateCurve(open, SixDelaysUpTo(100'000), 8, 1);
  EXPECT_EQ(JudgeCurve(blocks, {}).verdict(), Verdict::kLoadLimited);
}

TEST(JudgeCurve, EstimatesHowManyMoreBlocksDecide) {
  SimulatedWorkload noisy = OneFunction("noisy", Serial);
  noisy.disturbance.noise = 0.25;
  const std::vector<int64_t> delays = SixDelaysUpTo(100'000);
  int asked = 0;
  int decided = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const CurveFinding few = JudgeCurve(SimulateCurve(noisy, delays, 8, seed), {});
    if (few.verdict() != Verdict::kInconclusive || few.more_blocks == 0) continue;
    ++asked;
    const CurveFinding more =
        JudgeCurve(SimulateCurve(noisy, delays, 8 + few.more_blocks, seed), {});
    decided += more.verdict() != Verdict::kInconclusive ? 1 : 0;
  }
  RecordProperty("decided", decided);
  RecordProperty("asked", asked);
  EXPECT_GE(asked, 50);
  EXPECT_GE(decided, asked / 2);
}

TEST(JudgeCurve, LimitsPredictionsToTheCallsOwnTime) {
  JudgeOptions options;
  options.own_seconds_per_unit = Estimate{0.0005, Range{0.0005, 0.0005}};  // 5 us a call
  const CurveFinding finding = JudgeCurve(ExactCurve(Serial), options);
  ASSERT_EQ(finding.predictions.size(), 4U);
  EXPECT_NEAR(finding.predictions[0].gain->value, 10 / 9.9, 1e-6);
  EXPECT_EQ(finding.predictions[1].withheld.kind, Withheld::Kind::kExceedsOwnTime);
  EXPECT_EQ(finding.predictions[3].share_gone, 1);
  EXPECT_NEAR(finding.predictions[3].gain->value, 10 / 9.5, 1e-6);
}

TEST(JudgeCurve, PredictionsIncludeTheUncertaintyOfOwnTime) {
  JudgeOptions options;
  options.own_seconds_per_unit = Estimate{0.0005, Range{0.0004, 0.0006}};
  const Prediction known = JudgeCurve(ExactCurve(Serial), options).predictions[3];
  EXPECT_NEAR(known.gain->range->low, 10 / 9.6, 1e-3);
  EXPECT_NEAR(known.gain->range->high, 10 / 9.4, 1e-3);
  EXPECT_NEAR(known.throughput->range->low / known.throughput->value, 9.5 / 9.6, 1e-3);
  EXPECT_NEAR(known.throughput->range->high / known.throughput->value, 9.5 / 9.4, 1e-3);
  options.own_seconds_per_unit->range.reset();
  const Prediction once = JudgeCurve(ExactCurve(Serial), options).predictions[3];
  EXPECT_FALSE(once.gain->range.has_value());
  EXPECT_EQ(once.withheld.kind, Withheld::Kind::kOneOwnTimeTrial);
}

TEST(JudgeCurve, NeedsLessThanASecondForTenThousandTrials) {
  const std::vector<Block> blocks = NoisyCurve(Serial, 1'667);
  const std::clock_t begin = std::clock();
  const CurveFinding finding = JudgeCurve(blocks, {});
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 1);
  EXPECT_GE(finding.trials, 10'000U);
}

}  // namespace
}  // namespace pyslow::statistics
