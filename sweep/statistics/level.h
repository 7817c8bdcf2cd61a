// The rows of a curve's table: what was measured at each delay.
#ifndef PYSLOW_SWEEP_STATISTICS_LEVEL_H_
#define PYSLOW_SWEEP_STATISTICS_LEVEL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"

namespace pyslow::statistics {

// One delay, over the complete blocks.
struct Level {
  int64_t delay_ns = 0;
  Estimate seconds_per_unit;  // T
  Estimate throughput;        // 1/T: all units over all time, not a mean of rates
  // Of throughput against the control, as a ratio less 1; not of the control.
  std::optional<Estimate> change;
  std::optional<double> calls_per_unit;
  std::optional<double> dose_seconds;
  // Observation::metrics: NaN with no interval where no trial has one.
  std::vector<Estimate> metrics;
  size_t trials = 0;
};

std::vector<Level> LevelsOf(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LEVEL_H_
