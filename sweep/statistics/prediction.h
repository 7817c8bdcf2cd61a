// What is expected of faster Python: rule R11 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_PREDICTION_H_
#define PYSLOW_SWEEP_STATISTICS_PREDICTION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

// Either each delayed call takes `faster_ns` less, or `share_gone` of the calls' own time is gone.
struct Prediction {
  int64_t faster_ns = 0;
  double share_gone = 0;               // 0: it is about faster_ns
  std::optional<Estimate> throughput;  // units per second
  std::optional<Estimate> gain;        // over the control's, as a ratio: 1.05 is 5% more
  std::string withheld;                // why there is no interval, or none of it; "": neither
};

// T0 / (T0 − slope × less), with an interval that holds the noise of the control T0 as well as that
// of the slope. `fit` is of T against the delay and `less` of seconds a call, or of T against the
// dose and of seconds a unit. Prediction::faster_ns and share_gone are left to the caller.
Prediction PredictFaster(const std::vector<Block>& blocks, const Fit& fit, double less,
                         double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_PREDICTION_H_
