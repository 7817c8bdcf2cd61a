// The function fitted to the points of a curve.
#ifndef PYSLOW_SWEEP_MODEL_SHAPE_H_
#define PYSLOW_SWEEP_MODEL_SHAPE_H_

namespace pyslow::model {

// T in seconds as a function of the delay per call in seconds.
struct Shape {
  enum class Kind {
    kLine,
    kHinge,      // constant up to the knee, then a line
    kTwoSlopes,  // one line up to the knee, a steeper one after it
    kQuadratic,  // T = intercept + slope x + curvature x²
  };
  Kind kind = Kind::kLine;
  double intercept = 0;    // T at delay 0
  double slope = 0;        // kLine: n*; kHinge: 0; kTwoSlopes: before the knee; kQuadratic: at 0
  double knee = 0;         // kHinge, kTwoSlopes: a delay
  double slope_after = 0;  // kHinge, kTwoSlopes: after the knee
  double curvature = 0;    // kQuadratic
  // T at a delay.
  double At(double delay_seconds) const;
};

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_SHAPE_H_
