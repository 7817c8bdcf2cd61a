// The throughput expected of faster Python: rule R11 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_PREDICT_H_
#define PYSLOW_SWEEP_STATISTICS_PREDICT_H_

#include <vector>

#include "sweep/model/prediction.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

// The gain T0 / (T0 − slope × less). Its interval includes the noise of the control T0 and that of
// the slope. `fit` is of T against the delay and `less` in seconds per call, or of T against the
// dose and `less` in seconds per unit. The caller sets Prediction::faster_ns and share_gone.
model::Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& fit, double less,
                                double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_PREDICT_H_
