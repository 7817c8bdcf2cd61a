// The number of blocks, the doses, and when to stop: rules R1, R7 and R12 of docs/statistics.md.
// Doses are in seconds per unit. A delay "per call" is the mean over all calls: every Nth may be
// delayed by N times as much.
#ifndef PYSLOW_SWEEP_STATISTICS_DESIGN_H_
#define PYSLOW_SWEEP_STATISTICS_DESIGN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// R1: limits of the number of blocks.
inline constexpr size_t kMinBlocks = 8;
inline constexpr size_t kMaxBlocks = 96;

// The data from which a curve is designed.
struct Pilot {
  double control_seconds = 0;  // T0
  double noise = 0;            // σ, the standard deviation of a trial, as a ratio of T0
  double calls_per_unit = 0;   // n; 0: unknown
  double critical_calls = 0;   // n*; 0: no clear effect
  bool elastic = false;        // n falls as the delay grows; the cost of a delay is n*, if known
};
// From the blocks of the pilot (0, 1, 10, 100 us), at least one.
Pilot PilotOf(const std::vector<Block>& blocks);

struct CurveDesign {
  // Ascending, the control first: 0, .1, .25, .5, .75, 1 × the largest, in ns per call.
  std::vector<int64_t> delays_ns;
  size_t blocks = kMinBlocks;  // R1
  bool too_few_calls = false;  // see HasTooFewCalls
};
// The largest dose is T0, less if max_slowdown (a ratio of T, above 1) or 1 ms per call requires
// it. If n is unknown, the largest delay is 100 us, or less by n*.
CurveDesign DesignCurve(const Pilot& pilot, double max_slowdown);

// R12. The delay per call, 1 ns to 1 ms, that makes `calls_per_unit` calls a dose of
// `dose_seconds`.
int64_t PerCallNs(double calls_per_unit, double dose_seconds);
// R12. The frequency N that makes the shortest of `per_call_ns`, other than 0, an exact delay, if
// 20 delayed calls of `calls_per_trial` remain; at least `min_frequency`.
int64_t FrequencyFor(const std::vector<int64_t>& per_call_ns, double calls_per_trial,
                     int64_t min_frequency);
// R12. Whether 1 ms per call is under 1% of a unit, so that no effect can be measured.
bool HasTooFewCalls(double calls_per_unit, double control_seconds);

// R7. Whether the half-width of `estimate` is at most `precision` × `scale`.
bool IsPrecise(const model::Estimate& estimate, double precision, double scale);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_DESIGN_H_
