#include "sweep/statistics/gpu_use.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sweep/statistics/judge.h"

namespace pyslow::statistics {
namespace {

using model::CurveFinding;
using model::GpuFinding;
using model::Warning;

struct Machine {
  double gpu = 0.008;    // seconds per unit
  double growth = 0;     // of it per second of dose
  double noise = 0.003;  // of T and of the GPU time
  size_t calls = 100;    // per unit
  double largest_us = 100;
};

// A unit takes 10 ms plus its delays, all calls are critical.
std::vector<Block> BlocksOf(const Machine& machine, size_t blocks = 6, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(1, machine.noise);
  std::vector<Block> result;
  for (size_t b = 0; b < blocks; ++b) {
    Block& block = result.emplace_back();
    for (const double part : {0.0, 0.25, 0.5, 1.0}) {
      Observation& o = block.emplace_back();
      o.delay_ns = static_cast<int64_t>(part * machine.largest_us * 1000);
      const double dose = static_cast<double>(machine.calls) * DelaySeconds(o);
      o.seconds_per_unit = (0.010 + dose) * noise(random);
      o.calls_per_unit = static_cast<double>(machine.calls);
      o.gpu_seconds = (machine.gpu + machine.growth * dose) * noise(random);
      o.gpu_busy = *o.gpu_seconds / o.seconds_per_unit;
    }
  }
  return result;
}

TEST(GpuFindingOf, ShowsFlatGpuTimeAndTheLimitOfGains) {
  const auto finding = GpuFindingOf(BlocksOf({}), 0.95);
  ASSERT_TRUE(finding.has_value());
  EXPECT_NEAR(finding->busy.value, 0.8, 0.01);
  EXPECT_NEAR(finding->seconds_per_unit->value, 0.008, 0.0001);
  EXPECT_NEAR(finding->idle_seconds_per_unit->value, 0.002, 0.0001);
  EXPECT_EQ(finding->trend, GpuFinding::Trend::kFlat);
  ASSERT_TRUE(finding->gain_limit.has_value());
  EXPECT_NEAR(finding->gain_limit->value, 1.25, 0.01);
  EXPECT_LT(finding->gain_limit->range->low, 1.25);
  EXPECT_GT(finding->gain_limit->range->high, 1.25);
}

// Kernels that spin while they wait for another process work for as long as a unit lasts.
TEST(GpuFindingOf, HasNoLimitIfTheGpuTimeGrows) {
  Machine machine;
  machine.gpu = 0.010;
  machine.growth = 1;
  const auto finding = GpuFindingOf(BlocksOf(machine), 0.95);
  EXPECT_EQ(finding->trend, GpuFinding::Trend::kGrows);
  EXPECT_NEAR(finding->change->value, 1, 0.05);
  EXPECT_FALSE(finding->gain_limit.has_value());
}

// At a power limit, a GPU that idles more often has a higher clock.
TEST(GpuFindingOf, HasNoLimitIfTheGpuTimeFalls) {
  Machine machine;
  machine.growth = -0.2;
  EXPECT_EQ(GpuFindingOf(BlocksOf(machine), 0.95)->trend, GpuFinding::Trend::kFalls);
}

TEST(GpuFindingOf, HasNoLimitIfTheNoiseHidesTheTrend) {
  Machine machine;
  machine.noise = 0.2;
  const auto finding = GpuFindingOf(BlocksOf(machine, 2), 0.95);
  EXPECT_EQ(finding->trend, GpuFinding::Trend::kUnknown);
  EXPECT_FALSE(finding->gain_limit.has_value());
}

TEST(GpuFindingOf, HasOnlyTheBusyShareIfUnitsAreNotKnown) {
  std::vector<Block> blocks = BlocksOf({});
  for (Block& block : blocks) {
    for (Observation& o : block) o.gpu_seconds.reset();
  }
  const auto finding = GpuFindingOf(blocks, 0.95);
  EXPECT_NEAR(finding->busy.value, 0.8, 0.01);
  EXPECT_FALSE(finding->seconds_per_unit.has_value());
  EXPECT_FALSE(finding->change.has_value());
  EXPECT_FALSE(finding->gain_limit.has_value());
}

// Trials that were too short to sample, for instance.
TEST(GpuFindingOf, HasNoTrendIfADelayHasNoFigure) {
  std::vector<Block> blocks = BlocksOf({});
  for (Block& block : blocks) block.back().gpu_seconds.reset();
  EXPECT_EQ(GpuFindingOf(blocks, 0.95)->trend, GpuFinding::Trend::kUnknown);
}

TEST(GpuFindingOf, IsNothingWithoutAGpu) {
  std::vector<Block> blocks = BlocksOf({});
  for (Block& block : blocks) {
    for (Observation& o : block) {
      o.gpu_busy.reset();
      o.gpu_seconds.reset();
    }
  }
  EXPECT_FALSE(GpuFindingOf(blocks, 0.95).has_value());
  EXPECT_FALSE(JudgeCurve(blocks, {}).gpu.has_value());
}

// A GPU time that grows by 5% is not flat. At most 5% of the sweeps may call it flat.
TEST(GpuFindingOf, SeldomTakesAGrowingTimeForFlat) {
  Machine machine;
  machine.noise = 0.02;
  machine.growth = 0.05 * 0.008 / 0.010;
  size_t flat = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    const auto finding = GpuFindingOf(BlocksOf(machine, 6, seed), 0.95);
    flat += finding->trend == GpuFinding::Trend::kFlat ? 1 : 0;
  }
  EXPECT_LE(flat, 20U);
}

// The straight line would save 5 of 10 ms, and the GPU works for 8.
TEST(AddGpu, LimitsPredictionsBeyondTheGpuTime) {
  JudgeOptions options;
  options.faster_ns = {1'000, 50'000};
  const CurveFinding with_gpu = JudgeCurve(BlocksOf({}), options);
  ASSERT_EQ(with_gpu.predictions.size(), 2U);
  EXPECT_FALSE(with_gpu.predictions[0].limited_by_gpu);
  EXPECT_NEAR(with_gpu.predictions[0].gain->value, 1.01, 0.003);
  EXPECT_TRUE(with_gpu.predictions[1].limited_by_gpu);
  EXPECT_DOUBLE_EQ(with_gpu.predictions[1].gain->value, with_gpu.gpu->gain_limit->value);
  EXPECT_LE(with_gpu.predictions[1].gain->range->high, with_gpu.gpu->gain_limit->range->high);
  EXPECT_NEAR(with_gpu.predictions[1].throughput->value, 125, 2);
  EXPECT_EQ(with_gpu.gpu->limited, 1U);
  EXPECT_TRUE(std::any_of(
      with_gpu.warnings.begin(), with_gpu.warnings.end(),
      [](const Warning& warning) { return warning.kind == Warning::Kind::kGpuLimits; }));
  ASSERT_EQ(with_gpu.levels.size(), 4U);
  EXPECT_NEAR(with_gpu.levels[3].gpu_busy->value, 0.4, 0.01);
  EXPECT_NEAR(with_gpu.levels[3].gpu_seconds_per_unit->value, 0.008, 0.0001);
}

TEST(AddGpu, ChangesNoVerdict) {
  std::vector<Block> without = BlocksOf({});
  for (Block& block : without) {
    for (Observation& o : block) o.gpu_busy = o.gpu_seconds = std::nullopt;
  }
  const CurveFinding a = JudgeCurve(BlocksOf({}), {});
  const CurveFinding b = JudgeCurve(without, {});
  EXPECT_EQ(a.verdict(), b.verdict());
  EXPECT_DOUBLE_EQ(a.kappa->value, b.kappa->value);
  EXPECT_DOUBLE_EQ(a.critical_calls.value, b.critical_calls.value);
}

}  // namespace
}  // namespace pyslow::statistics
