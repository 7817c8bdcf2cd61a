// How many blocks, which doses, and when to stop: rules R1, R7 and R12 of docs/statistics.md. Doses
// are in seconds per unit; a delay "a call" is the mean over all calls, of which every Nth may be
// delayed by N times as much.
#ifndef PYSLOW_SWEEP_STATISTICS_DESIGN_H_
#define PYSLOW_SWEEP_STATISTICS_DESIGN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"

namespace pyslow::statistics {

// R1: fewer blocks decide nothing, and more are not worth their time.
inline constexpr size_t kFewestBlocks = 8;
inline constexpr size_t kMostBlocks = 96;

// What is known of a workload before its curve is designed.
struct Pilot {
  double control_seconds = 0;  // T0
  double noise = 0;            // σ, the standard deviation of a trial, as a ratio of T0
  double calls_per_unit = 0;   // n; 0: not known
  double critical_calls = 0;   // n* where an effect was clearly seen; 0: it was not
  bool elastic = false;        // n falls as the delay grows: n*, if known, says what a delay costs
};
// From the pilot's blocks (the seed's 0, 1, 10, 100 us), whatever their number; at least one.
Pilot PilotOf(const std::vector<Block>& blocks);

struct CurveDesign {
  // Ascending, the control first: 0, .1, .25, .5, .75, 1 × the largest, in ns a call.
  std::vector<int64_t> delays_ns;
  size_t blocks = kFewestBlocks;  // R1
  bool too_few_calls = false;     // as of HasTooFewCalls
};
// The largest dose aims at 100% of T0, never beyond max_slowdown (a ratio of T, above 1) or 1 ms a
// call. Where n is not known, the seed's 100 us are the largest delay, if n* allows it.
CurveDesign DesignCurve(const Pilot& pilot, double max_slowdown);

// R12. The delay a call, 1 ns to 1 ms, that makes `calls_per_unit` calls a dose of `dose_seconds`.
int64_t PerCallNs(double calls_per_unit, double dose_seconds);
// R12. The N for every Nth call that makes the shortest of `per_call_ns` exact (0, the control, is
// none of them), as long as 20 delayed calls of `calls_per_trial` remain; at least `least`.
int64_t FrequencyFor(const std::vector<int64_t>& per_call_ns, double calls_per_trial,
                     int64_t least);
// R12. Whether even 1 ms a call is under 1% of a unit, so that nothing can be seen.
bool HasTooFewCalls(double calls_per_unit, double control_seconds);

// R7. Whether `estimate`'s half-width is at most `precision` × `scale`.
bool IsPrecise(const Estimate& estimate, double precision, double scale);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_DESIGN_H_
