// How many calls a curve's delays fell on, and what that allows to be said of κ.
#ifndef PYSLOW_SWEEP_STATISTICS_CALLS_H_
#define PYSLOW_SWEEP_STATISTICS_CALLS_H_

#include <optional>
#include <string>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"

namespace pyslow::statistics {

struct Calls {
  bool never = false;                // counted in every trial, and always 0
  std::optional<Estimate> per_unit;  // n at the control, or where that is not counted, overall
  bool elastic = false;              // n moves with the delay
  std::optional<double> at_largest_delay;
  std::string kappa_withheld;  // why n cannot be divided by, or ""
  // Effective number of processes that share the calls; 1 where they are so unlike that κ per
  // process would mean none of them.
  double processes = 1;
  bool unlike_processes = false;
};

Calls CallsOf(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_CALLS_H_
