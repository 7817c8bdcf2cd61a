// The slope of all trials of a curve together, with an effect for each block: rules R14 and R15
// of docs/statistics.md. Blocks may lack trials and may contain repeats, so no trial has to be
// dropped.
#ifndef PYSLOW_SWEEP_STATISTICS_POOLED_SLOPE_H_
#define PYSLOW_SWEEP_STATISTICS_POOLED_SLOPE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"

namespace pyslow::statistics {

// One trial.
struct PooledTrial {
  size_t block = 0;
  double x = 0;     // set by the design: the delay, in seconds
  double dose = 0;  // seconds per unit: the delay itself (R14), or the time spent in delays (R15)
  double y = 0;     // T in seconds per unit, or another figure of the trial
  std::optional<double> waited = std::nullopt;  // R16: Observation::waited_seconds
  double exposed = 0;        // of y, the time in which the trial may have waited: outside delays
  double waiting_error = 0;  // R16: Observation::waiting_error_seconds
  bool calm = true;
};

struct PooledSlope {
  double value = 0;
  double standard_error = 0;
  double degrees_of_freedom = 0;
  double noise = 0;  // standard deviation of y about the line

  // value ± t((1 + confidence)/2, degrees_of_freedom) × standard_error.
  model::Estimate WithInterval(double confidence) const;
};

// R14 and R15: the slope of y over the dose, with x as the instrument (Wald 1940). If the dose is
// x, this is least squares. The standard error is the larger one of the pooled and the HC2 estimate
// (MacKinnon and White 1985). nullopt if there are fewer than five degrees of freedom (trials −
// blocks − 1), or if x or the dose does not vary within a block.
std::optional<PooledSlope> FitPooledSlope(const std::vector<PooledTrial>& trials);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_POOLED_SLOPE_H_
