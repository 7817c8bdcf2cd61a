#include "sweep/statistics/block_mean.h"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace pyslow::statistics {

using model::Estimate;
using model::Range;

Estimate MeanOfBlocks(const std::vector<double>& values, double confidence) {
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() < 2) return {mean, std::nullopt};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double standard_error = std::sqrt(squares / (count - 1) / count);
  const double half = StudentQuantile((1 + confidence) / 2, count - 1) * standard_error;
  return {mean, Range{mean - half, mean + half}};
}

Estimate RatioOfMeans(const std::vector<double>& numerators,
                      const std::vector<double>& denominators, double confidence) {
  const double mean = MeanOfBlocks(denominators).value;
  const double ratio = MeanOfBlocks(numerators).value / mean;
  std::vector<double> linearised;
  for (size_t b = 0; b < numerators.size(); ++b) {
    linearised.push_back(ratio + (numerators[b] - ratio * denominators[b]) / mean);
  }
  Estimate estimate = MeanOfBlocks(linearised, confidence);
  estimate.value = ratio;  // the same, but for rounding
  return estimate;
}

Estimate RatioByFieller(const std::vector<double>& numerators,
                        const std::vector<double>& denominators, double confidence) {
  const auto count = static_cast<double>(numerators.size());
  const double a = MeanOfBlocks(numerators).value;
  const double b = MeanOfBlocks(denominators).value;
  Estimate estimate = {a / b, std::nullopt};
  if (numerators.size() < 2) return estimate;
  double aa = 0;
  double ab = 0;
  double bb = 0;
  for (size_t i = 0; i < numerators.size(); ++i) {
    aa += (numerators[i] - a) * (numerators[i] - a);
    ab += (numerators[i] - a) * (denominators[i] - b);
    bb += (denominators[i] - b) * (denominators[i] - b);
  }
  // (a − r b)² = t² (aa − 2 r ab + r² bb) / (count (count − 1)), a quadratic equation in r.
  const double t = StudentQuantile((1 + confidence) / 2, count - 1);
  const double scale = t * t / (count * (count - 1));
  const double square = b * b - scale * bb;
  if (square <= 0) return estimate;
  const double middle = a * b - scale * ab;
  const double root = std::sqrt(std::max(0.0, middle * middle - square * (a * a - scale * aa)));
  estimate.range = Range{(middle - root) / square, (middle + root) / square};
  return estimate;
}

double StudentQuantile(double probability, double degrees_of_freedom) {
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), probability);
}

double StudentAbove(double t, double degrees_of_freedom) {
  return boost::math::cdf(boost::math::complement(boost::math::students_t(degrees_of_freedom), t));
}

double FisherQuantile(double probability, double degrees_of_freedom) {
  const double t = StudentQuantile((1 + probability) / 2, degrees_of_freedom);
  return t * t;
}

double FisherQuantile(double probability, double numerator_degrees, double denominator_degrees) {
  return boost::math::quantile(boost::math::fisher_f(numerator_degrees, denominator_degrees),
                               probability);
}

}  // namespace pyslow::statistics
