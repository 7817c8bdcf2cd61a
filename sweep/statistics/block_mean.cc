#include "sweep/statistics/block_mean.h"

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
