// How long a live workload takes to follow a change of its delays: rule R10 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_SETTLING_H_
#define PYSLOW_SWEEP_STATISTICS_SETTLING_H_

#include <optional>
#include <vector>

namespace pyslow::statistics {

// T over a short stretch of time after the delays were switched.
struct Sample {
  double seconds_since_switch = 0;  // of the middle of the stretch
  double seconds_per_unit = 0;
};

// One step of a pilot that switches between no delay and the largest, 0 ↔ Dmax.
struct Step {
  bool up = false;  // to the largest delay
  std::vector<Sample> samples;
};

struct Settling {
  // The τ of T(t) = T_end + (T_begin − T_end) exp(−t/τ), the same for all steps; 0: T follows
  // within one sample, or does not move at all. nullopt: it had not settled by the end of the
  // steps.
  std::optional<double> constant_seconds;
};
// Least squares over τ, with a T_begin and T_end for each direction. `steps`: at least one, with
// three samples or more.
Settling FitSettling(const std::vector<Step>& steps);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_SETTLING_H_
