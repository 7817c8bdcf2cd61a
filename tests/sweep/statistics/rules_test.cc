// Verdicts and coverage of intervals on workloads with a known truth, with 8
// blocks of 6 delays, 2% noise, a largest dose of T0.

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "coverage.h"
#include "simulated_curve.h"
#include "sweep/statistics/judge.h"
#include "sweep/statistics/line.h"
#include "workloads.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Estimate;
using model::Prediction;
using model::Verdict;
namespace {

// At a coverage of 95% the share of 1000 sweeps has a standard deviation of 0.7 points.
int Sweeps() { return SimulatedSweeps(1'000); }
constexpr size_t kBlocks = 8;

// The results of all sweeps of one workload.
struct Tally {
  int right = 0;
  Coverage kappa, critical_calls, change, slack, after, gain, one_percent;
};

class Rules : public ::testing::TestWithParam<TrueWorkload> {
 protected:
  std::vector<int64_t> delays_ = SixDelaysUpTo(GetParam().largest_ns);

  CurveFinding Sweep(int number) const {
    JudgeOptions options;
    options.faster_ns = {GetParam().largest_ns / 10};
    options.metric_names = {"latency", "size"};
    return JudgeCurve(
        SimulateCurve(GetParam().workload, delays_, kBlocks, static_cast<uint64_t>(number) + 1),
        options);
  }

  // The same workload without noise.
  std::vector<Block> Exact() const {
    SimulatedWorkload calm = GetParam().workload;
    calm.disturbance = Disturbance{};
    calm.disturbance.noise = 0;
    return SimulateCurve(calm, delays_, 1, 1);
  }

  // Mean T at the control over a sweep, with the drift.
  static double Control() {
    const SimulatedWorkload& workload = GetParam().workload;
    return workload.seconds_per_unit * (1 + workload.disturbance.whole_drift / 2);
  }

  // A growing curve starts with a slope of 25 calls, and its prediction is an upper bound.
  static bool Grows() {
    return GetParam().verdict == Verdict::kSubLinear && !GetParam().kappa.has_value();
  }
  static double Start() { return Grows() ? 25 : GetParam().critical_calls.value_or(0); }

  // The delay per call that costs 1%, if the shape is a line or a threshold.
  static std::optional<double> OnePercentDelay() {
    const TrueWorkload& truth = GetParam();
    const double loss = Control() / 99;
    if (truth.slack_seconds.has_value()) {
      return (*truth.slack_seconds + loss) / truth.workload.functions[0].calls_per_unit;
    }
    if (truth.verdict == Verdict::kNone || Start() == 0 || Grows()) return std::nullopt;
    return loss / Start();
  }

  // Withheld predictions are not counted.
  void AddGains(const CurveFinding& finding, Coverage& gain) const {
    const double faster = static_cast<double>(GetParam().largest_ns) * 1e-10;
    const double truth = Control() / (Control() - Start() * faster);
    for (const Prediction& prediction : finding.predictions) {
      std::optional<Estimate> bound = prediction.gain;
      if (Grows() && bound.has_value() && bound->range.has_value()) bound->range->low = 0;
      gain.Add(bound, truth);
    }
  }

  static void Record(const Tally& tally) {
    RecordProperty("right", std::to_string(100.0 * tally.right / Sweeps()));
    RecordProperty("kappa", tally.kappa.Text());
    RecordProperty("critical_calls", tally.critical_calls.Text());
    RecordProperty("change", tally.change.Text());
    RecordProperty("slack", tally.slack.Text());
    RecordProperty("kappa_after_slack", tally.after.Text());
    RecordProperty("gain", tally.gain.Text());
    RecordProperty("one_percent", tally.one_percent.Text());
  }

  static void ExpectKappa(const Tally& tally) {
    EXPECT_GE(tally.kappa.given, Sweeps() * 99 / 100);
    EXPECT_GE(tally.kappa.Percent(), 93);
  }

  static void ExpectSlack(const Tally& tally) {
    if (!GetParam().slack_seconds.has_value()) return;
    EXPECT_GE(tally.slack.given, Sweeps() * 9 / 10);
    EXPECT_GE(tally.slack.Percent(), 93);
    EXPECT_GE(tally.after.Percent(), 93);
  }

  static void ExpectOnePercent(const Tally& tally) {
    if (!OnePercentDelay().has_value()) return;
    EXPECT_GE(tally.one_percent.given, Sweeps() * 8 / 10);
    EXPECT_GE(tally.one_percent.Percent(), 93);
  }

  static void ExpectGain(const Tally& tally) {
    if (Start() == 0) {
      EXPECT_LE(tally.gain.given, Sweeps() * 5 / 100);  // one side of a 95% interval
      return;
    }
    EXPECT_GE(tally.gain.given, Sweeps() * 8 / 10);
    EXPECT_GE(tally.gain.Percent(), 93);
  }
};

TEST_P(Rules, GiveTheRightVerdictAndIntervalsThatContainTheTruth) {
  const TrueWorkload& truth = GetParam();
  const std::vector<Block> exact = Exact();
  const double critical_calls = FitDelay(exact).slope.value;
  const double kappa = FitDose(exact)->slope.value;
  const double effect = exact[0].back().seconds_per_unit - exact[0].front().seconds_per_unit;
  const double change = Control() / (Control() + effect) - 1;
  Tally tally;
  for (int i = 0; i < Sweeps(); ++i) {
    const CurveFinding finding = Sweep(i);
    tally.right += finding.verdict() == truth.verdict ? 1 : 0;
    tally.kappa.Add(finding.kappa, kappa);
    tally.critical_calls.Add(finding.critical_calls, critical_calls);
    tally.change.Add(finding.change_at_largest_dose, change);
    tally.slack.Add(finding.slack_seconds_per_unit, truth.slack_seconds.value_or(0));
    tally.after.Add(finding.kappa_after_slack, 1);
    AddGains(finding, tally.gain);
    tally.one_percent.Add(finding.one_percent_delay_seconds, OnePercentDelay().value_or(0));
    if (truth.verdict == Verdict::kNone && finding.verdict() == Verdict::kNone) {
      EXPECT_GT(finding.harmless_delay_seconds.value_or(0), 0) << i;
    }
  }
  Record(tally);
  EXPECT_GE(tally.right, Sweeps() * 9 / 10);
  EXPECT_EQ(tally.critical_calls.given, Sweeps());
  EXPECT_GE(tally.critical_calls.Percent(), 93);
  EXPECT_GE(tally.change.Percent(), 93);
  ExpectKappa(tally);
  ExpectSlack(tally);
  ExpectGain(tally);
  ExpectOnePercent(tally);
}

INSTANTIATE_TEST_SUITE_P(Workloads, Rules, ::testing::ValuesIn(TrueWorkloads()),
                         [](const auto& info) { return NameForTest(info.param); });

// κ = 0.1 is not none.
TEST(NoneRule, IsRareIfATenthOfTheDelayCounts) {
  const SimulatedWorkload tenth = OneFunction("a tenth", [](double dose) { return 0.1 * dose; });
  int none = 0;
  for (int i = 0; i < Sweeps(); ++i) {
    const std::vector<Block> blocks =
        SimulateCurve(tenth, SixDelaysUpTo(100'000), kBlocks, static_cast<uint64_t>(i) + 1);
    none += JudgeCurve(blocks, {}).verdict() == Verdict::kNone ? 1 : 0;
  }
  RecordProperty("none_percent", std::to_string(100.0 * none / Sweeps()));
  EXPECT_LE(none, Sweeps() * 5 / 100);
}

// As many metrics as a load generator prints, all constant.
TEST(LoadLimitRule, IsRareForAHiddenFunction) {
  SimulatedWorkload hidden = OneFunction("hidden", [](double) { return 0; });
  hidden.metrics = [](const std::vector<double>&) { return std::vector<double>(6, 0.02); };
  int limited = 0;
  for (int i = 0; i < Sweeps(); ++i) {
    const std::vector<Block> blocks =
        SimulateCurve(hidden, SixDelaysUpTo(100'000), kBlocks, static_cast<uint64_t>(i) + 1);
    limited += JudgeCurve(blocks, {}).verdict() == Verdict::kLoadLimited ? 1 : 0;
  }
  RecordProperty("limited_percent", std::to_string(100.0 * limited / Sweeps()));
  EXPECT_LE(limited, Sweeps() * 3 / 100);
}

// Looks after the numbers of blocks of rule R7, with intervals of 99%, until the first verdict.
TEST(LooksRule, KeepsTheCoverage) {
  SimulatedWorkload partly = OneFunction("mostly serial", [](double dose) { return 0.85 * dose; });
  partly.disturbance.noise = 0.05;
  JudgeOptions options;
  options.confidence = 0.99;
  const int sweeps = Sweeps() / 2;
  int held = 0;
  for (int i = 0; i < sweeps; ++i) {
    const std::vector<Block> all =
        SimulateCurve(partly, SixDelaysUpTo(100'000), 96, static_cast<uint64_t>(i) + 1);
    CurveFinding finding;
    for (const size_t look : {8, 16, 32, 64, 96}) {
      finding = JudgeCurve({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(look)}, options);
      if (finding.verdict() != Verdict::kInconclusive) break;
    }
    held += Holds(finding.kappa, 0.85) ? 1 : 0;
  }
  RecordProperty("held_percent", std::to_string(100.0 * held / sweeps));
  EXPECT_GE(held, sweeps * 93 / 100);
}

}  // namespace
}  // namespace pyslow::statistics
