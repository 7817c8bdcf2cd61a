// Means over blocks with confidence intervals, and the distributions that these use.
#ifndef PYSLOW_SWEEP_STATISTICS_BLOCK_MEAN_H_
#define PYSLOW_SWEEP_STATISTICS_BLOCK_MEAN_H_

#include <vector>

#include "sweep/model/estimate.h"

namespace pyslow::statistics {

// The mean of independent values, one per block, with Student's t interval: mean ±
// t(1 − (1 − confidence)/2, B−1) s/√B (Student 1908). One value has no interval. `values` is not
// empty.
model::Estimate MeanOfBlocks(const std::vector<double>& values, double confidence = 0.95);

// The mean of `numerators` over the mean of `denominators`, pairs from the same blocks, with the
// interval of the ratio estimator (linearised: Cochran, Sampling Techniques, 1977, chapter 6) and
// Student's t. A common factor of a pair cancels. Equal sizes, at least one.
model::Estimate RatioOfMeans(const std::vector<double>& numerators,
                             const std::vector<double>& denominators, double confidence = 0.95);

// The same ratio, with Fieller's interval (Fieller, J. Roy. Statist. Soc. B 16, 1954): all ratios r
// for which Student's test of the pairs' numerator − r × denominator, with pairs − 1 degrees of
// freedom, finds a mean of 0. It holds its confidence also if the denominator is uncertain. No
// interval, since it would have no end, if the denominators' own interval includes 0, and with
// fewer than two pairs.
model::Estimate RatioByFieller(const std::vector<double>& numerators,
                               const std::vector<double>& denominators, double confidence = 0.95);

// The quantile of Student's distribution; degrees of freedom above 0.
double StudentQuantile(double probability, double degrees_of_freedom);
// The probability above `t`: a one-sided p-value.
double StudentAbove(double t, double degrees_of_freedom);
// The quantile of Fisher's F with 1 and `degrees_of_freedom`, the square of a Student's t.
double FisherQuantile(double probability, double degrees_of_freedom);
// The quantile of Fisher's F; both degrees of freedom above 0.
double FisherQuantile(double probability, double numerator_degrees, double denominator_degrees);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_BLOCK_MEAN_H_
