// How many blocks, which doses, and when to stop: rules R1, R7 and R12 of docs/statistics.md.
#ifndef PYSLOW_STATISTICS_DESIGN_H_
#define PYSLOW_STATISTICS_DESIGN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "statistics/curve.h"
#include "statistics/estimate.h"

namespace pyslow::statistics {

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
  // Ascending, the control first: 0, .1, .25, .5, .75, 1 × the largest, in ns for each call. Where
  // `frequency` is N, every Nth call is delayed by N times as much.
  std::vector<int64_t> delays_ns;
  int64_t frequency = 1;  // R12: for functions too hot to delay each call exactly
  size_t blocks = 8;      // R1
  // The largest dose is under 1% of T0 even at 1 ms a call (R12): nothing can be seen.
  bool too_few_calls = false;
  bool limited_by_slowdown = false;  // max_slowdown and not the aim of 100% of T0 set the largest
};
// The largest dose aims at 100% of T0, never beyond max_slowdown (a ratio of T, above 1) or 1 ms a
// delayed call. Where n is not known, the seed's 100 us are the largest delay, if n* allows it.
CurveDesign DesignCurve(const Pilot& pilot, double max_slowdown);

// What to ask of pyslow so that `calls_per_unit` calls add up to `dose_seconds`: at most 1 ms a
// delayed call, at least 1 ns; and where that would be under 1 us a call, fewer calls with more
// each (R12), as long as 20 of `calls_per_trial` are delayed. Both above 0.
struct Treatment {
  int64_t delay_ns = 0;     // of a delayed call
  int64_t frequency = 1;    // every Nth call
  double dose_seconds = 0;  // what that really gives, per unit
};
Treatment TreatmentForDose(double calls_per_unit, double calls_per_trial, double dose_seconds);

// R7 on the width of an interval: whether `estimate`'s half-width is at most `precision` × `scale`.
bool IsPrecise(const Estimate& estimate, double precision, double scale);
// R7 on a verdict: the numbers of blocks at which one may look, 8, 16, 32, 64, 96.
const std::vector<size_t>& Looks();

}  // namespace pyslow::statistics

#endif  // PYSLOW_STATISTICS_DESIGN_H_
