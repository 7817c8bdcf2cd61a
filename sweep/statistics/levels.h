// The rows of a curve's table: the means at each delay.
#ifndef PYSLOW_SWEEP_STATISTICS_LEVELS_H_
#define PYSLOW_SWEEP_STATISTICS_LEVELS_H_

#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// One level for each delay, in order. `blocks`: at least one. Rule R14 of docs/statistics.md.
std::vector<model::Level> LevelsOf(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LEVELS_H_
