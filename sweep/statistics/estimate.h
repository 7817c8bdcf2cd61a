// A figure with its uncertainty.
#ifndef PYSLOW_SWEEP_STATISTICS_ESTIMATE_H_
#define PYSLOW_SWEEP_STATISTICS_ESTIMATE_H_

#include <optional>
#include <vector>

namespace pyslow::statistics {

struct Range {
  double low = 0;
  double high = 0;
};

struct Estimate {
  double value = 0;
  std::optional<Range> range;  // confidence interval, 95% unless asked otherwise; nullopt: none
};

// The mean of independent values, one of each block, with Student's t interval: mean ±
// t(1 − (1 − confidence)/2, B−1) s/√B (Student 1908). No interval for fewer than two. `values` is
// not empty.
Estimate MeanOfBlocks(const std::vector<double>& values, double confidence = 0.95);

// The mean of `numerators` over the mean of `denominators`, pairs from the same blocks, with the
// interval of the ratio estimator (linearised: Cochran, Sampling Techniques, 1977, chapter 6) and
// Student's t. What moves both of a pair by the same ratio cancels. As many of each, at least one.
Estimate RatioOfMeans(const std::vector<double>& numerators,
                      const std::vector<double>& denominators, double confidence = 0.95);

// `estimate` moved by `amount`.
Estimate Plus(const Estimate& estimate, double amount);

// `estimate` times `factor`, which is not below 0.
Estimate Times(const Estimate& estimate, double factor);

// `estimate` through x → scale / x, for an estimate whose ends are above 0, whose order turns
// round.
Estimate Reciprocal(const Estimate& estimate, double scale);

// The point of Student's distribution that `probability` lies below; degrees of freedom above 0.
double StudentQuantile(double probability, double degrees_of_freedom);
// How much of it lies above `t`: a one-sided p-value.
double StudentAbove(double t, double degrees_of_freedom);
// Of Fisher's F with 1 and `degrees_of_freedom`, which is the square of a Student's t.
double FisherQuantile(double probability, double degrees_of_freedom);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_ESTIMATE_H_
