// The columns of a fit with an effect for each block and each level of trials.
#ifndef PYSLOW_SWEEP_STATISTICS_EFFECT_COLUMNS_H_
#define PYSLOW_SWEEP_STATISTICS_EFFECT_COLUMNS_H_

#include <Eigen/Dense>
#include <cstddef>
#include <vector>

#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

// One row for each trial. `level`: for each trial, the index of its treatment in the design.
Eigen::MatrixXd EffectColumns(const std::vector<PooledTrial>& trials,
                              const std::vector<size_t>& level);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_EFFECT_COLUMNS_H_
