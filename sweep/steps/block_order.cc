#include "sweep/steps/block_order.h"

#include <numeric>
#include <random>
#include <utility>

#include "base/hash.h"

namespace pyslow::steps {
namespace {

// A uniformly distributed number in 0 … bound − 1. The results of std::uniform_int_distribution and
// std::shuffle depend on the library, and a seed must give the same order everywhere.
uint64_t Below(uint64_t bound, std::mt19937_64& random) {
  const uint64_t unfair = std::mt19937_64::max() - std::mt19937_64::max() % bound;
  uint64_t draw = random();
  while (draw >= unfair) draw = random();
  return draw % bound;
}

}  // namespace

std::vector<size_t> OrderOfBlock(size_t arms, uint64_t seed, absl::string_view part, int block) {
  std::mt19937_64 random(HashOf(part, seed) + static_cast<uint64_t>(block));
  std::vector<size_t> order(arms);
  std::iota(order.begin(), order.end(), size_t{0});
  // The Fisher-Yates shuffle (Durstenfeld, Algorithm 235, 1964).
  for (size_t left = arms; left > 1; --left) {
    std::swap(order[left - 1], order[Below(left, random)]);
  }
  return order;
}

}  // namespace pyslow::steps
