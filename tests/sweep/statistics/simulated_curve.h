// Curves of a simulated workload.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_CURVE_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_CURVE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulated_workload.h"
#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// 0, .1, .25, .5, .75 and 1 × `largest_ns`.
std::vector<int64_t> SixDelaysUpTo(int64_t largest_ns);

// `blocks` blocks, each with every delay once in random order, for the first function. The same
// seed gives the same curve.
std::vector<Block> SimulateCurve(const SimulatedWorkload& workload,
                                 const std::vector<int64_t>& delays_ns, size_t blocks,
                                 uint64_t seed);

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_CURVE_H_
