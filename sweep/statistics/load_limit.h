// Whether the load and not the code sets the throughput: a latency changes and throughput does not.
#ifndef PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_
#define PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

struct MovedMetric {
  size_t metric = 0;       // index in Observation::metrics
  model::Estimate change;  // from the control to the largest examined delay, as a ratio
};

// The metric whose change over the first `levels` delays is most significant, if one is: slopes
// within blocks with Student's t, two-sided at 1% for all metrics together (Bonferroni), and a
// change of at least 1%. Blocks without a figure of the metric are left out.
std::optional<MovedMetric> FindMovedMetric(const std::vector<Block>& blocks, size_t levels);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_
