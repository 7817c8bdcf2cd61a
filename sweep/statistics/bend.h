// Whether and at which delay the curve of T bends upwards: rules R3, R4, R6 and
// R18 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_BEND_H_
#define PYSLOW_SWEEP_STATISTICS_BEND_H_

#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/model/shape.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// The first part of a growing curve: a line up to a steeper one. Its slope is above the slope at 0
// of any convex curve.
struct Start {
  double knee = 0;            // a delay
  double intercept = 0;       // T at delay 0
  double slope = 0;           // before the knee
  double standard_error = 0;  // of the slope, with this knee
  double degrees_of_freedom = 0;
  model::Range slopes;  // before any knee that the points allow, by the profile likelihood
};

struct Bend {
  enum class Kind {
    kUntestable,  // fewer than three delays, or too few trials
    kStraight,    // no bend is shown
    kThreshold,   // flat, then steep
    kGrowing,     // convex, with a first slope above 0
    kUnclear,     // bent; the points allow both
  };
  Kind kind = Kind::kUntestable;
  model::Shape shape;
  double noise = 0;  // standard deviation of a trial around the shape, in seconds; 0: unknown
  // kThreshold: the delay of the knee and the slope after it, with profile-likelihood intervals.
  // The slope has no interval if the knee may lie beyond the last delay but one.
  std::optional<model::Estimate> knee;
  std::optional<model::Estimate> slope_after;
  std::optional<Start> start;  // kGrowing
  bool flattens = false;       // kStraight, and concave: T grows less and less
  // kStraight: the points also allow a flat start up to a fifth of the largest delay or more, so
  // that κ over all delays says nothing of small ones (R18).
  bool may_have_slack = false;
};

// `blocks`: with at least one control and one delayed trial. `confidence`: of the intervals.
Bend FindBend(const std::vector<Block>& blocks, double confidence = 0.95);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_BEND_H_
