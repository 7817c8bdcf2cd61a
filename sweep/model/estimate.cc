#include "sweep/model/estimate.h"

#include <cmath>

namespace pyslow::model {

Estimate Plus(const Estimate& estimate, double amount) {
  Estimate shifted{estimate.value + amount, estimate.range};
  if (shifted.range.has_value()) {
    shifted.range->low += amount;
    shifted.range->high += amount;
  }
  return shifted;
}

Estimate Times(const Estimate& estimate, double factor) {
  Estimate scaled{estimate.value * factor, estimate.range};
  if (scaled.range.has_value()) {
    scaled.range->low *= factor;
    scaled.range->high *= factor;
  }
  return scaled;
}

Estimate Negated(const Estimate& estimate) {
  Estimate negated{-estimate.value, std::nullopt};
  if (estimate.range.has_value()) {
    negated.range = Range{-estimate.range->high, -estimate.range->low};
  }
  return negated;
}

Estimate Reciprocal(const Estimate& estimate, double scale) {
  Estimate result{scale / estimate.value, std::nullopt};
  if (estimate.range.has_value()) {
    result.range = Range{scale / estimate.range->high, scale / estimate.range->low};
  }
  return result;
}

Estimate Difference(const Estimate& a, const Estimate& b) {
  Estimate difference = {a.value - b.value, std::nullopt};
  if (!a.range.has_value() || !b.range.has_value()) return difference;
  const double below = std::hypot(a.value - a.range->low, b.range->high - b.value);
  const double above = std::hypot(a.range->high - a.value, b.value - b.range->low);
  difference.range = Range{difference.value - below, difference.value + above};
  return difference;
}

}  // namespace pyslow::model
