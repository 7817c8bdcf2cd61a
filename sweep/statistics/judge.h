// From a curve to a verdict, with every figure that is told beside it. Rules R2 to R6 and R11 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_JUDGE_H_
#define PYSLOW_SWEEP_STATISTICS_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"
#include "sweep/statistics/level.h"
#include "sweep/statistics/prediction.h"
#include "sweep/statistics/verdict.h"

namespace pyslow::statistics {

struct CurveFinding {
  Verdict verdict = Verdict::kInconclusive;
  // One phrase that reads on after the verdict: what is missing, or which kind of it ("growing").
  std::string why;
  size_t blocks = 0;
  size_t trials = 0;  // in these
  Estimate control;   // T at delay 0
  std::optional<Estimate>
      calls_per_unit;    // n at the control, or where that is not counted, overall
  bool elastic = false;  // n moves with the delay: κ is withheld
  // n*, dT/d(delay), and κ, dT/dD: over all of the delays, whatever the shape.
  Estimate critical_calls;
  std::optional<Estimate> kappa;
  std::string kappa_withheld;                 // why kappa is nullopt, or ""
  std::optional<Estimate> kappa_per_process;  // where several processes share the calls alike
  // Thresholds alone: D*, and κ beyond it (per process where that is given).
  std::optional<Estimate> slack_seconds_per_unit;
  std::optional<Estimate> slack_seconds_per_call;
  std::optional<Estimate> kappa_after_slack;
  std::optional<Estimate> change_at_largest_dose;  // of throughput, as a ratio less 1
  Shape shape;
  std::vector<Level> levels;
  std::vector<Prediction> predictions;  // empty where the verdict is none, threshold, untested …
  std::string no_gain;                  // … and this says why ("no gain expected: hidden")
  // Inconclusive: how many more blocks would probably decide; 0: it cannot be said.
  size_t more_blocks = 0;
  std::vector<std::string> warnings;  // whole sentences
};

struct JudgeOptions {
  double confidence = 0.95;  // of the intervals; 0.99 where a verdict decides when to stop (R7)
  std::vector<int64_t> faster_ns = {1'000, 10'000};
  // Names of Observation::metrics, by index. They are taken for latencies and other times, which a
  // load-limited workload moves while its throughput stays.
  std::vector<std::string> metric_names;
  // The calls' own time per unit if it is known, which no speed-up can exceed (R11). With it, what
  // is expected if these shares of it were gone follows faster_ns in CurveFinding::predictions.
  std::optional<Estimate> own_seconds_per_unit;
  std::vector<double> shares_gone = {0.5, 1};
};

// `blocks`: at least one, each with at least two delays. Deterministic; knows nothing of how trials
// were run.
CurveFinding JudgeCurve(const std::vector<Block>& blocks, const JudgeOptions& options);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_JUDGE_H_
