#include "sweep/statistics/gpu_use.h"

#include <algorithm>
#include <cstdint>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Estimate;
using model::GpuFinding;
using model::Prediction;
using model::Range;
using model::Warning;

namespace {

// GPU time per unit that certainly changes by less than this, over all delays, is flat.
constexpr double kFlat = 0.05;

using Figure = std::optional<double> Observation::*;

std::vector<double> ValuesAt(const std::vector<Block>& blocks, int64_t delay_ns, Figure figure) {
  std::vector<double> values;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (o.delay_ns == delay_ns && (o.*figure).has_value()) values.push_back(*(o.*figure));
    }
  }
  return values;
}

std::optional<Estimate> MeanAt(const std::vector<Block>& blocks, int64_t delay_ns, Figure figure,
                               double confidence) {
  const std::vector<double> values = ValuesAt(blocks, delay_ns, figure);
  if (values.empty()) return std::nullopt;
  return MeanOfBlocks(values, confidence);
}

// T less the GPU time, at the control.
std::optional<Estimate> IdleAtControl(const std::vector<Block>& blocks, double confidence) {
  std::vector<double> values;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (o.delay_ns != 0 || !o.gpu_seconds.has_value()) continue;
      values.push_back(std::max(0.0, o.measured_seconds > 0 ? o.measured_seconds - *o.gpu_seconds
                                                            : o.seconds_per_unit - *o.gpu_seconds));
    }
  }
  if (values.empty()) return std::nullopt;
  return MeanOfBlocks(values, confidence);
}

// The GPU time of the trials, if every delay of the curve has some: else the slope would be that of
// a part of the curve.
std::vector<PooledTrial> GpuTrials(const std::vector<Block>& blocks) {
  for (const int64_t delay_ns : DelaysOf(blocks)) {
    if (ValuesAt(blocks, delay_ns, &Observation::gpu_seconds).empty()) return {};
  }
  std::vector<PooledTrial> trials;
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (const Observation& o : blocks[b]) {
      if (!o.gpu_seconds.has_value()) continue;
      PooledTrial& trial = trials.emplace_back();
      trial.block = b;
      trial.x = trial.dose = DelaySeconds(o);
      trial.y = *o.gpu_seconds;
    }
  }
  return trials;
}

GpuFinding::Trend TrendOf(const Estimate& change) {
  if (!change.range.has_value()) return GpuFinding::Trend::kUnknown;
  if (change.range->low > -kFlat && change.range->high < kFlat) return GpuFinding::Trend::kFlat;
  if (change.range->low > 0) return GpuFinding::Trend::kGrows;
  if (change.range->high < 0) return GpuFinding::Trend::kFalls;
  return GpuFinding::Trend::kUnknown;
}

// The minimum of two independent bounds, end by end.
void LimitTo(const Estimate& most, Estimate* figure) {
  figure->value = std::min(figure->value, most.value);
  if (!figure->range.has_value()) return;
  figure->range->low = std::min(figure->range->low, most.range->low);
  figure->range->high = std::min(figure->range->high, most.range->high);
}

bool IsAbove(const Estimate& gain, const Estimate& most) {
  return gain.value > most.value || (gain.range.has_value() && gain.range->high > most.range->high);
}

void LimitPredictions(CurveFinding& finding) {
  GpuFinding& gpu = *finding.gpu;
  if (!gpu.gain_limit.has_value()) return;
  for (Prediction& prediction : finding.predictions) {
    if (!prediction.gain.has_value() || !IsAbove(*prediction.gain, *gpu.gain_limit)) continue;
    const double control = prediction.throughput->value / prediction.gain->value;
    LimitTo(*gpu.gain_limit, &*prediction.gain);
    LimitTo(Times(*gpu.gain_limit, control), &*prediction.throughput);
    prediction.limited_by_gpu = true;
    ++gpu.limited;
  }
  if (gpu.limited == 0) return;
  Warning warning;
  warning.kind = Warning::Kind::kGpuLimits;
  warning.count = gpu.limited;
  warning.share = gpu.busy.value;
  warning.ratio = gpu.gain_limit->value - 1;
  warning.low = gpu.gain_limit->range->low - 1;
  warning.high = gpu.gain_limit->range->high - 1;
  finding.warnings.push_back(warning);
}

}  // namespace

std::optional<GpuFinding> GpuFindingOf(const std::vector<Block>& blocks, double confidence) {
  const auto busy = MeanAt(blocks, 0, &Observation::gpu_busy, confidence);
  if (!busy.has_value()) return std::nullopt;
  GpuFinding finding;
  finding.busy = *busy;
  finding.seconds_per_unit = MeanAt(blocks, 0, &Observation::gpu_seconds, confidence);
  finding.idle_seconds_per_unit = IdleAtControl(blocks, confidence);
  const std::vector<PooledTrial> trials = GpuTrials(blocks);
  if (trials.empty() || finding.seconds_per_unit->value <= 0) return finding;
  const Fit fit = FitTrials(trials, confidence);
  const double largest = static_cast<double>(DelaysOf(blocks).back()) * 1e-9;
  finding.change = Times(fit.slope, largest / finding.seconds_per_unit->value);
  finding.trend = TrendOf(*finding.change);
  const bool has_range = busy->range.has_value() && busy->range->low > 0;
  if (finding.trend != GpuFinding::Trend::kFlat || !has_range) return finding;
  // T cannot fall below the GPU time, and busy is that time over T. It is at most all of it.
  const Range range = {std::min(1.0, busy->range->low), std::min(1.0, busy->range->high)};
  finding.gain_limit =
      Estimate{1 / std::min(1.0, busy->value), Range{1 / range.high, 1 / range.low}};
  return finding;
}

void AddGpu(const std::vector<Block>& blocks, double confidence, CurveFinding& finding) {
  finding.gpu = GpuFindingOf(blocks, confidence);
  if (!finding.gpu.has_value()) return;
  for (model::Level& level : finding.levels) {
    level.gpu_busy = MeanAt(blocks, level.delay_ns, &Observation::gpu_busy, confidence);
    level.gpu_seconds_per_unit =
        MeanAt(blocks, level.delay_ns, &Observation::gpu_seconds, confidence);
  }
  LimitPredictions(finding);
}

}  // namespace pyslow::statistics
