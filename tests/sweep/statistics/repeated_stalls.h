// R17 in simulations.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_REPEATED_STALLS_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_REPEATED_STALLS_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "sweep/statistics/stalls.h"

namespace pyslow::statistics {

// Measures stalled trials again, as RepeatStalls of sweep/steps does. `trials`: as measured until
// now, those of `levels`. `repeat`: measures a trial again.
inline void RepeatStalls(const std::function<std::vector<PooledTrial>()>& trials,
                         const std::vector<size_t>& levels,
                         const std::function<void(size_t)>& repeat) {
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<size_t> stalls = FindStalls(trials(), levels);
    for (const size_t stall : stalls) repeat(stall);
    if (stalls.empty()) break;
  }
}

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_REPEATED_STALLS_H_
