// Hadamard matrices: designs in which every factor is on in half of the trials, and each effect is
// measured by all of them.
#ifndef PYSLOW_SWEEP_STATISTICS_HADAMARD_H_
#define PYSLOW_SWEEP_STATISTICS_HADAMARD_H_

#include <Eigen/Core>
#include <cstddef>

namespace pyslow::statistics {

// The smallest order, of at least `least`, that HadamardMatrix can make: with Paley's two
// constructions over prime fields and Sylvester's doubling, every multiple of 4 up to 48, and at
// most a fifth more than asked for up to 1000.
size_t HadamardOrder(size_t least);

// A matrix of +1 and −1 whose columns are orthogonal, the first of them all +1 (Sylvester 1867,
// Paley 1933). `order` is one that HadamardOrder gives.
Eigen::MatrixXi HadamardMatrix(size_t order);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_HADAMARD_H_
