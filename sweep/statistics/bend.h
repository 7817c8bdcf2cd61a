// Whether time per unit bends upwards as the delay grows, and where: rules R3, R4 and R6 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_BEND_H_
#define PYSLOW_SWEEP_STATISTICS_BEND_H_

#include <optional>
#include <vector>

#include "sweep/statistics/curve.h"
#include "sweep/statistics/estimate.h"

namespace pyslow::statistics {

// What the points lie on, with T in seconds and the delay in seconds as x.
struct Shape {
  enum class Kind { kLine, kHinge, kTwoSlopes, kQuadratic };
  Kind kind = Kind::kLine;
  double intercept = 0;    // T at delay 0
  double slope = 0;        // kLine: n*; kHinge: 0; kTwoSlopes: before the knee; kQuadratic: at 0
  double knee = 0;         // kHinge, kTwoSlopes: the delay
  double slope_after = 0;  // likewise: beyond it
  double curvature = 0;    // kQuadratic: T = intercept + slope x + curvature x²
  double At(double delay_seconds) const;
};

// How a shape that grows begins: a slope up to where it meets a steeper one. That is more than the
// slope at 0 of whatever is convex.
struct Start {
  double knee = 0;  // a delay
  Range slopes;     // that the points allow before it: profile likelihood
};

struct Bend {
  enum class Kind {
    kUntestable,  // fewer than three delays, or too few blocks
    kStraight,    // no bend is shown
    kThreshold,   // flat, then steep
    kGrowing,     // steeper and steeper from a slope above 0
    kUnclear,     // bent, and the points do not tell which of the two
  };
  Kind kind = Kind::kUntestable;
  Shape shape;
  double noise = 0;  // standard deviation of a trial about the shape, in seconds; 0: not known
  // kThreshold: the delay of the knee and the slope beyond it, with profile-likelihood intervals;
  // none for the slope where the knee may lie beyond the last delay but one.
  std::optional<Estimate> knee;
  std::optional<Estimate> slope_after;
  std::optional<Start> start;  // kGrowing
  bool flattens = false;       // kStraight, but it bends the other way: less and less steep
};

// `blocks`: at least one, each with at least two delays.
Bend FindBend(const std::vector<Block>& blocks, double confidence = 0.95);

// T at delay 0 and the slope before the knee, block by block: what is extrapolated from where
// slopes grow (R11).
struct BlockStarts {
  std::vector<double> intercepts;
  std::vector<double> slopes;
};
BlockStarts StartsOfGrowth(const std::vector<Block>& blocks, const Start& start);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_BEND_H_
