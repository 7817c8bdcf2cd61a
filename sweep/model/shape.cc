#include "sweep/model/shape.h"

#include <algorithm>

namespace pyslow::model {

double Shape::At(double delay_seconds) const {
  const double beyond = std::max(0.0, delay_seconds - knee);
  switch (kind) {
    case Kind::kLine:
      return intercept + slope * delay_seconds;
    case Kind::kHinge:
      return intercept + slope_after * beyond;
    case Kind::kTwoSlopes:
      return intercept + slope * std::min(delay_seconds, knee) + slope_after * beyond;
    case Kind::kQuadratic:
      return intercept + (slope + curvature * delay_seconds) * delay_seconds;
  }
  return intercept;
}

}  // namespace pyslow::model
