// The number of delayed calls of a curve, and whether κ can be computed from it.
#ifndef PYSLOW_SWEEP_STATISTICS_CALLS_H_
#define PYSLOW_SWEEP_STATISTICS_CALLS_H_

#include <optional>
#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

struct Calls {
  bool never = false;  // counted in every trial, and always 0
  // n at the control, or over all counted trials if a control was not counted.
  std::optional<model::Estimate> per_unit;
  bool elastic = false;                        // n changes with the delay
  std::optional<double> largest_dose_seconds;  // per unit; nullopt: a trial was not counted
  model::KappaWithheld kappa_withheld;         // kNothing: κ can be computed
  // Effective number of processes that share the calls, (Σn)²/Σn² (Kish, Survey Sampling, 1965). 1
  // if they make such different numbers that κ per process would describe none of them.
  double processes = 1;
  bool unlike_processes = false;
};

// Several processes that share the calls work side by side, or take turns, as those of a pipeline
// that handles one request. If they take turns, κ per process is above 1, and means nothing.
bool TakeTurns(const model::Estimate& kappa_per_process, double processes);

// `blocks`: at least one.
Calls CallsOf(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_CALLS_H_
