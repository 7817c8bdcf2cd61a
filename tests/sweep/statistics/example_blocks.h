// Small curves with exact truths, for tests of single formulas.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_EXAMPLE_BLOCKS_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_EXAMPLE_BLOCKS_H_

#include <cstdint>
#include <vector>

#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// The example of the methodology: 100, 95 and 70 units per second at 0, 10 and 100 us.
inline Block SeedsExample() {
  Block block(3);
  const int64_t delays_ns[] = {0, 10'000, 100'000};
  const double throughputs[] = {100, 95, 70};
  for (size_t l = 0; l < 3; ++l) {
    block[l].delay_ns = delays_ns[l];
    block[l].seconds_per_unit = 1 / throughputs[l];
  }
  return block;
}

// T = 10 ms + `slope` s/s × delay, with an error in the slope of each block; 2 × `slope` calls
// per unit.
inline std::vector<Block> LineBlocks(double slope, const std::vector<double>& errors) {
  std::vector<Block> blocks;
  for (const double error : errors) {
    blocks.emplace_back();
    for (const int64_t delay_ns : {0, 10'000, 100'000}) {
      Observation o;
      o.delay_ns = delay_ns;
      o.seconds_per_unit = 0.010 + (slope + error) * DelaySeconds(o);
      o.calls_per_unit = 2 * slope;
      blocks.back().push_back(o);
    }
  }
  return blocks;
}
inline const std::vector<double> kEightErrors = {-1, 1, -2, 2, -3, 3, -1, 1};

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_EXAMPLE_BLOCKS_H_
