#include "sweep/statistics/levels.h"

#include <cmath>
#include <limits>

#include "sweep/statistics/block_mean.h"

namespace pyslow::statistics {

using model::Estimate;
using model::Level;

namespace {

// n of one delay, the mean over blocks; nullopt if a trial of it was not counted.
std::optional<double> MeanCalls(const std::vector<Block>& blocks, size_t level) {
  double sum = 0;
  for (const Block& block : blocks) {
    if (!block[level].calls_per_unit.has_value()) return std::nullopt;
    sum += *block[level].calls_per_unit;
  }
  return sum / static_cast<double>(blocks.size());
}

std::vector<Estimate> Metrics(const std::vector<Block>& blocks, size_t level, double confidence) {
  std::vector<Estimate> metrics;
  for (size_t m = 0; m < blocks.front()[level].metrics.size(); ++m) {
    std::vector<double> values;
    for (const Block& block : blocks) {
      if (m < block[level].metrics.size() && !std::isnan(block[level].metrics[m])) {
        values.push_back(block[level].metrics[m]);
      }
    }
    metrics.push_back(values.empty()
                          ? Estimate{std::numeric_limits<double>::quiet_NaN(), std::nullopt}
                          : MeanOfBlocks(values, confidence));
  }
  return metrics;
}

// Throughput has no interval if that of T includes 0.
Estimate Throughput(Estimate seconds) {
  if (seconds.range.has_value() && seconds.range->low <= 0) seconds.range.reset();
  return Reciprocal(seconds, 1);
}

}  // namespace

std::vector<Level> LevelsOf(const std::vector<Block>& blocks, double confidence) {
  const std::vector<double> control = TimesOfLevel(blocks, 0);
  std::vector<Level> levels;
  for (size_t l = 0; l < blocks.front().size(); ++l) {
    const std::vector<double> times = TimesOfLevel(blocks, l);
    Level level;
    level.delay_ns = blocks.front()[l].delay_ns;
    level.seconds_per_unit = MeanOfBlocks(times, confidence);
    level.throughput = Throughput(level.seconds_per_unit);
    // Pairs come from one block, so that drift between blocks cancels.
    if (l > 0) level.change = Plus(RatioOfMeans(control, times, confidence), -1);
    level.calls_per_unit = MeanCalls(blocks, l);
    if (level.calls_per_unit.has_value()) {
      level.dose_seconds = *level.calls_per_unit * static_cast<double>(level.delay_ns) * 1e-9;
    }
    level.metrics = Metrics(blocks, l, confidence);
    level.trials = blocks.size();
    levels.push_back(level);
  }
  return levels;
}

}  // namespace pyslow::statistics
