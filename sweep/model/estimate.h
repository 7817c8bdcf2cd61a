// A figure with its uncertainty.
#ifndef PYSLOW_SWEEP_MODEL_ESTIMATE_H_
#define PYSLOW_SWEEP_MODEL_ESTIMATE_H_

#include <optional>

namespace pyslow::model {

struct Range {
  double low = 0;
  double high = 0;
};

// Whether every value in `range` has the same sign, and none is 0.
inline bool ExcludesZero(const Range& range) { return range.low > 0 || range.high < 0; }

struct Estimate {
  double value = 0;
  std::optional<Range> range;  // confidence interval, 95% unless stated otherwise; nullopt: none
};

// Whether `estimate` has an interval, and that excludes 0.
inline bool ExcludesZero(const Estimate& estimate) {
  return estimate.range.has_value() && ExcludesZero(*estimate.range);
}
inline bool ExcludesZero(const std::optional<Estimate>& estimate) {
  return estimate.has_value() && ExcludesZero(*estimate);
}

// `estimate` shifted by `amount`.
Estimate Plus(const Estimate& estimate, double amount);

// `estimate` times `factor`, which is at least 0.
Estimate Times(const Estimate& estimate, double factor);

// −`estimate`: the ends of the interval are swapped.
Estimate Negated(const Estimate& estimate);

// `scale` / `estimate`: the ends of the interval, both above 0, are swapped.
Estimate Reciprocal(const Estimate& estimate, double scale);

// The difference a − b of independent estimates: the distances of their ends in quadrature (Zou and
// Donner, Statistics in Medicine 27, 2008). No interval if one of them has none.
Estimate Difference(const Estimate& a, const Estimate& b);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_ESTIMATE_H_
