// A figure with its uncertainty.
#ifndef PYSLOW_EXPERIMENT_ESTIMATE_H_
#define PYSLOW_EXPERIMENT_ESTIMATE_H_

#include <optional>
#include <vector>

namespace pyslow::experiment {

struct Range {
  double low = 0;
  double high = 0;
};

struct Estimate {
  double value = 0;
  std::optional<Range> range;  // 95% confidence interval; nullopt: there is none to give
};

// The mean of independent values, one of each block, with Student's t interval: mean ±
// t(.975, B−1) s/√B (Student 1908). No interval for fewer than two. `values` is not empty.
Estimate MeanOfBlocks(const std::vector<double>& values);

// The mean of `numerators` over the mean of `denominators`, pairs from the same blocks, with the
// interval of the ratio estimator (linearised: Cochran, Sampling Techniques, 1977, chapter 6) and
// Student's t. What moves both of a pair by the same ratio cancels. As many of each, at least one.
Estimate RatioOfMeans(const std::vector<double>& numerators,
                      const std::vector<double>& denominators);

// `estimate` moved by `amount`.
Estimate Plus(const Estimate& estimate, double amount);

// `estimate` through x → scale / x, for an estimate whose ends are above 0, whose order turns
// round.
Estimate Reciprocal(const Estimate& estimate, double scale);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_ESTIMATE_H_
