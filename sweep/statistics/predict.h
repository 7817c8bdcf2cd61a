// The throughput expected of faster Python: rule R11 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_PREDICT_H_
#define PYSLOW_SWEEP_STATISTICS_PREDICT_H_

#include <optional>
#include <vector>

#include "sweep/model/prediction.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

// The gain T0 / (T0 − slope × less). Its interval includes the noise of the control T0, that of the
// slope, and that they are correlated. `fit` is of T against the delay and `less` in seconds per
// call, or of T against the dose and `less` in seconds per unit. Its intercept must be that of the
// same line. The caller sets Prediction::faster_ns and share_gone.
model::Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& fit, double less);

// By how much the straight line through all trials misses T at the control, as a ratio; nullopt if
// by no more than 1%, or by no more than noise explains (95%).
std::optional<double> MissOfLine(const std::vector<Block>& blocks);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_PREDICT_H_
