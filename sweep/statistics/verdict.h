// The verdict on a curve: rule R5 of docs/statistics.md, and what an inconclusive one would take.
#ifndef PYSLOW_SWEEP_STATISTICS_VERDICT_H_
#define PYSLOW_SWEEP_STATISTICS_VERDICT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/estimate.h"
#include "sweep/statistics/load_limit.h"

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

// All that a verdict goes by. Times are in seconds.
struct Evidence {
  size_t blocks = 0;
  size_t levels = 0;
  double control = 0;  // T0
  double largest_delay = 0;
  Calls calls;
  Estimate effect;                // E, T at the largest delay less T at the control
  std::optional<Estimate> share;  // κ, per process where that can be said
  Bend bend;
  std::optional<MovedMetric> moved;  // over all delays, or for a threshold, those up to the knee
};

struct Ruling {
  Verdict verdict = Verdict::kInconclusive;
  std::string why;         // as CurveFinding::why
  size_t more_blocks = 0;  // as CurveFinding::more_blocks
};

Ruling Rule(const Evidence& evidence);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_VERDICT_H_
