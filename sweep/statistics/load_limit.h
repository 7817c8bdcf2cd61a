// Whether a load and not the code sets the throughput: it stays while a latency moves.
#ifndef PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_
#define PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"

namespace pyslow::statistics {

struct MovedMetric {
  size_t metric = 0;  // index in Observation::metrics
  Estimate change;    // from the control to the largest delay looked at, as a ratio
};

// The metric that moves most surely over the first `levels` delays, if any does: slopes within
// blocks and Student's t, two-sided at 1% over all metrics together (Bonferroni), and a change of
// at least 1%. Blocks that miss a figure are left out of it.
std::optional<MovedMetric> FindMovedMetric(const std::vector<Block>& blocks, size_t levels);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_
