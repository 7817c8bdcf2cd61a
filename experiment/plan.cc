#include "experiment/plan.h"

#include <cstddef>
#include <random>
#include <utility>

namespace pyslow::experiment {
namespace {

// A number in 0 … bound-1, each equally likely. The standard's own distributions and std::shuffle
// may give other numbers with another library, and a seed has to mean the same everywhere.
uint64_t Below(uint64_t bound, std::mt19937_64& random) {
  const uint64_t unfair = std::mt19937_64::max() - std::mt19937_64::max() % bound;
  uint64_t draw = random();
  while (draw >= unfair) draw = random();
  return draw % bound;
}

// Fisher and Yates' shuffle, in Durstenfeld's form.
void Shuffle(std::vector<int64_t>& values, std::mt19937_64& random) {
  for (size_t left = values.size(); left > 1; --left) {
    std::swap(values[left - 1], values[Below(left, random)]);
  }
}

}  // namespace

std::vector<PlannedTrial> PlanBlocks(const std::vector<int64_t>& delays_ns, int blocks,
                                     uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<PlannedTrial> plan;
  for (int block = 0; block < blocks; ++block) {
    std::vector<int64_t> order = delays_ns;
    Shuffle(order, random);
    for (const int64_t delay_ns : order) {
      plan.push_back({static_cast<int>(plan.size()), block, delay_ns});
    }
  }
  return plan;
}

}  // namespace pyslow::experiment
