// The time in which a live workload follows a change of its delays: rule R10 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_SETTLING_H_
#define PYSLOW_SWEEP_STATISTICS_SETTLING_H_

#include <optional>
#include <vector>

namespace pyslow::statistics {

// T over a short period after a switch of the delays.
struct Sample {
  double seconds_since_switch = 0;  // of the middle of the period
  double seconds_per_unit = 0;
};

// One step of a pilot that switches between no delay and the largest delay.
struct Step {
  bool up = false;  // to the largest delay
  std::vector<Sample> samples;
};

struct Settling {
  // τ of T(t) = T_end + (T_begin − T_end) exp(−t/τ), the same for all steps. 0: T follows within
  // one sample, or does not change. nullopt: T had not settled by the end of the steps.
  std::optional<double> constant_seconds;
};
// Least squares over τ, with T_begin and T_end for each direction. `steps`: at least one, each with
// at least three samples.
Settling FitSettling(const std::vector<Step>& steps);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_SETTLING_H_
