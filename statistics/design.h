// How many blocks, which doses, and when to stop: rules R1, R7 and R12 of docs/statistics.md.
#ifndef PYSLOW_STATISTICS_DESIGN_H_
#define PYSLOW_STATISTICS_DESIGN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "statistics/judge.h"

namespace pyslow::statistics {

// What is known of a workload before its curve is designed.
struct Pilot {
  double control_seconds = 0;   // T0
  double noise = 0;             // σ, the standard deviation of a trial, as a ratio of T0
  double calls_per_unit = 0;    // n
  double critical_calls = 0;    // n* as the pilot has it; 0: unknown, take n
};
// From the pilot's blocks (the seed's 0, 1, 10, 100 us), whatever their number.
Pilot PilotOf(const std::vector<Block>& blocks);

struct CurveDesign {
  std::vector<int64_t> delays_ns;  // ascending, the control first: 0, .1, .25, .5, .75, 1 × the largest
  int64_t frequency = 1;           // R12: every Nth call, for functions too hot to delay each call
  size_t blocks = 8;               // R1
  // The largest dose is under 1% of T0 even at 1 ms a call (R12): nothing can be seen.
  bool too_few_calls = false;
  bool limited_by_slowdown = false;  // max_slowdown and not the aim of 100% of T0 set the largest dose
};
// Dmax aims at 100% of T0, never beyond max_slowdown (a ratio of T) or 1 ms a call.
CurveDesign DesignCurve(const Pilot& pilot, double max_slowdown);

// The delay that gives `calls_per_unit` calls a dose of `dose_seconds`, at most 1 ms, at least 1 ns; with the
// frequency that keeps it deliverable (R12). `calls_per_trial`: so that 20 delayed calls remain.
struct Treatment {
  int64_t delay_ns = 0;
  int64_t frequency = 1;
  double dose_seconds = 0;  // what that really gives
};
Treatment TreatmentForDose(double calls_per_unit, double calls_per_trial, double dose_seconds);

// R7 on the width of an interval: whether `estimate`'s half-width is at most `precision` × `scale`.
bool IsPrecise(const Estimate& estimate, double precision, double scale);
// R7 on a verdict: the numbers of blocks at which one may look, 8, 16, 32, 64, 96.
const std::vector<size_t>& Looks();

}  // namespace pyslow::statistics

#endif  // PYSLOW_STATISTICS_DESIGN_H_
