// Whether the load and not the code sets the throughput: a latency changes and throughput does not.
#ifndef PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_
#define PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

struct MovedMetric {
  size_t metric = 0;       // index in Observation::metrics
  model::Estimate change;  // from the control to the largest examined delay, as a ratio
};

// The metric whose change over the delays up to `largest_ns` is most significant, if one is: the
// slope of R14, two-sided at 1% for all metrics of all `subjects` together (Bonferroni), and a
// change of at least 1%. Trials without a figure of the metric are left out.
std::optional<MovedMetric> FindMovedMetric(const std::vector<Block>& blocks, int64_t largest_ns,
                                           size_t subjects = 1);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LOAD_LIMIT_H_
