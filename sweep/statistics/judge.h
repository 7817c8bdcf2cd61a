// From a curve to its verdict and all figures reported with it: rules R3 to R6, R11 and R18 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_JUDGE_H_
#define PYSLOW_SWEEP_STATISTICS_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/model/estimate.h"
#include "sweep/statistics/arms.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

struct JudgeOptions {
  double confidence = 0.95;  // of the intervals; 0.99 if a verdict decides when to stop (R7)
  std::vector<int64_t> faster_ns = {1'000, 10'000};  // of the predictions, per call
  // Names of Observation::metrics, by index. They are treated as latencies or other times, which
  // change in a load-limited workload while its throughput stays.
  std::vector<std::string> metric_names;
  // The calls' own time per unit if it is known; no speed-up can exceed it (R11). Predictions for
  // these shares of it then follow those for faster_ns in CurveFinding::predictions.
  std::optional<model::Estimate> own_seconds_per_unit;
  std::vector<double> shares_gone = {0.5, 1};
  size_t subjects = 1;  // of a comparison: a metric of one of many moves by chance
};

// `blocks`: with at least one control and one delayed trial. Deterministic; independent of how the
// trials were run.
model::CurveFinding JudgeCurve(const std::vector<Block>& blocks, const JudgeOptions& options);

// The finding of one subject of a comparison (R20). `blocks`: its trials and those of the control.
// `arm`: at the large dose, which is that of one process, if several share the calls. `now`: what
// the small dose says (R22).
model::CurveFinding JudgeArm(const std::vector<Block>& blocks, const ArmFinding& arm, Now now,
                             const JudgeOptions& options);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_JUDGE_H_
