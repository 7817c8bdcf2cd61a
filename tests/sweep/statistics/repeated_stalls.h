// R17 in simulations.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_REPEATED_STALLS_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_REPEATED_STALLS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "sweep/statistics/stalls.h"

namespace pyslow::statistics {

// Trials of a comparison, which have a block and a time.
template <class Trial>
std::vector<PooledTrial> PooledOf(const std::vector<Trial>& trials) {
  std::vector<PooledTrial> pooled;
  for (const Trial& trial : trials) pooled.push_back({trial.block, 0, 0, trial.seconds_per_unit});
  return pooled;
}

// Measures stalled trials again, as RepeatStalls of sweep/steps does.
class StallRepeater {
 public:
  // At one look. `trials`: as measured until now, those of `levels`, and no others before them at
  // the next look. `repeat`: measures a trial again.
  void Look(const std::function<std::vector<PooledTrial>()>& trials,
            const std::vector<size_t>& levels, const std::function<void(size_t)>& repeat) {
    constexpr int kMaxRepetitions = 3;
    for (int round = 0; round < kMaxRepetitions; ++round) {
      std::vector<size_t> stalls = FindStalls(trials(), levels, 0);
      std::erase_if(stalls, [this](size_t stall) { return ++repeated_[stall] > kMaxRepetitions; });
      for (const size_t stall : stalls) repeat(stall);
      if (stalls.empty()) break;
    }
  }

 private:
  std::map<size_t, int> repeated_;
};

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_REPEATED_STALLS_H_
