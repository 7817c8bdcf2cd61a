// Hadamard matrices: designs in which every factor is on in half of the trials, and each effect is
// estimated from all trials.
#ifndef PYSLOW_SWEEP_STATISTICS_HADAMARD_H_
#define PYSLOW_SWEEP_STATISTICS_HADAMARD_H_

#include <Eigen/Core>
#include <cstddef>

namespace pyslow::statistics {

// The smallest order of at least `min_order` that HadamardMatrix supports: with Paley's two
// constructions over prime fields and Sylvester's doubling, every multiple of 4 up to 48, and up to
// 1000 at most a fifth above `min_order`.
size_t HadamardOrder(size_t min_order);

// A matrix of +1 and −1 with orthogonal columns, the first all +1 (Sylvester 1867, Paley 1933).
// `order` comes from HadamardOrder.
Eigen::MatrixXi HadamardMatrix(size_t order);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_HADAMARD_H_
