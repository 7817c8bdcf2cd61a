// From a curve to a verdict, with every figure that is told beside it. Rules R2 to R6 and R11 of
// docs/statistics.md.
#ifndef PYSLOW_STATISTICS_JUDGE_H_
#define PYSLOW_STATISTICS_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "statistics/curve.h"
#include "statistics/estimate.h"

namespace pyslow::statistics {

enum class Verdict {
  kLinear,        // every call counts: it is on the critical path
  kSubLinear,     // part of it counts, or more and more as it grows slower
  kThreshold,     // hidden up to D*, then it counts
  kNone,          // hidden up to the largest dose
  kLoadLimited,   // throughput is pinned by the load, and latency moves
  kInconclusive,  // cannot be told apart yet
  kUntested,      // never called in the window
};
// "linear", "sub-linear", "threshold", "none", "load-limited", "inconclusive", "untested".
const char* NameOf(Verdict verdict);

// What the points lie on, with T in seconds and the delay in seconds as x.
struct Shape {
  enum class Kind { kLine, kHinge, kTwoSlopes, kQuadratic };
  Kind kind = Kind::kLine;
  double intercept = 0;  // T at delay 0
  double slope = 0;      // kLine: n*; kHinge: 0; kTwoSlopes: before the knee; kQuadratic: at 0
  double knee = 0;       // kHinge, kTwoSlopes: the delay
  double slope_after = 0;  // likewise: beyond it
  double curvature = 0;  // kQuadratic: T = intercept + slope x + curvature x²
  double At(double delay_seconds) const;
};

// One delay, over the complete blocks.
struct Level {
  int64_t delay_ns = 0;
  Estimate seconds_per_unit;     // T
  Estimate throughput;           // 1/T: all units over all time, not a mean of rates
  std::optional<Estimate> change;  // of throughput against the control, as a ratio less 1; not of the control
  std::optional<double> calls_per_unit;
  std::optional<double> dose_seconds;
  std::vector<Estimate> metrics;
  size_t trials = 0;
};

// Faster Python, R11: each delayed call takes `faster_ns` less.
struct Prediction {
  int64_t faster_ns = 0;
  std::optional<Estimate> throughput;  // units per second
  std::optional<Estimate> gain;        // over the control's, as a ratio: 1.05 is 5% more
  std::string withheld;                // why there is no interval, or none of it; "": neither
};

struct CurveFinding {
  Verdict verdict = Verdict::kInconclusive;
  // One phrase that reads on after the verdict: what is missing, or which kind of it ("growing").
  std::string why;
  size_t blocks = 0;
  size_t trials = 0;  // in these
  Estimate control;   // T at delay 0
  std::optional<Estimate> calls_per_unit;  // n at the control, or where that is not counted, overall
  bool elastic = false;                    // n falls as the delay grows: κ is withheld
  Estimate critical_calls;                 // n*, dT/d(delay)
  std::optional<Estimate> kappa;           // dT/dD
  std::string kappa_withheld;              // why kappa is nullopt, or ""
  std::optional<Estimate> kappa_per_process;  // where several processes share the calls alike
  std::optional<Estimate> slack_seconds_per_unit;  // D*, thresholds alone
  std::optional<Estimate> slack_seconds_per_call;
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
  // Names of Observation::metrics that are a latency or another time, which a load-limited workload
  // moves while its throughput stays (the words of --metric).
  std::vector<std::string> metric_names;
  // The calls' own time per unit if it is known, which no speed-up can exceed (R11).
  std::optional<double> own_seconds_per_unit;
};

// `blocks`: at least one, each with at least two delays. Deterministic; knows nothing of how trials
// were run.
CurveFinding JudgeCurve(const std::vector<Block>& blocks, const JudgeOptions& options);

}  // namespace pyslow::statistics

#endif  // PYSLOW_STATISTICS_JUDGE_H_
