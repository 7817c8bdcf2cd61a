#include "experiment/estimate.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace pyslow::experiment {

Estimate MeanOfBlocks(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() < 2) return {mean, std::nullopt};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double standard_error = std::sqrt(squares / (count - 1) / count);
  const boost::math::students_t t(count - 1);
  const double half = boost::math::quantile(t, 0.975) * standard_error;
  return {mean, Range{mean - half, mean + half}};
}

Estimate RatioOfMeans(const std::vector<double>& numerators,
                      const std::vector<double>& denominators) {
  const double mean = MeanOfBlocks(denominators).value;
  const double ratio = MeanOfBlocks(numerators).value / mean;
  std::vector<double> linearised;
  for (size_t b = 0; b < numerators.size(); ++b) {
    linearised.push_back(ratio + (numerators[b] - ratio * denominators[b]) / mean);
  }
  Estimate estimate = MeanOfBlocks(linearised);
  estimate.value = ratio;  // the same, but for rounding
  return estimate;
}

Estimate Plus(const Estimate& estimate, double amount) {
  Estimate moved{estimate.value + amount, estimate.range};
  if (moved.range.has_value()) {
    moved.range->low += amount;
    moved.range->high += amount;
  }
  return moved;
}

Estimate Reciprocal(const Estimate& estimate, double scale) {
  Estimate result{scale / estimate.value, std::nullopt};
  if (estimate.range.has_value()) {
    result.range = Range{scale / estimate.range->high, scale / estimate.range->low};
  }
  return result;
}

}  // namespace pyslow::experiment
