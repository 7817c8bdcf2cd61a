// Groups trials by block.
#ifndef PYSLOW_SWEEP_STATISTICS_BY_BLOCK_H_
#define PYSLOW_SWEEP_STATISTICS_BY_BLOCK_H_

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace pyslow::statistics {

// The indices of the trials of each block, blocks ascending. A trial has the member `block`.
template <typename Trial>
std::vector<std::vector<size_t>> IndicesByBlock(const std::vector<Trial>& trials) {
  std::map<size_t, std::vector<size_t>> blocks;
  for (size_t i = 0; i < trials.size(); ++i) blocks[trials[i].block].push_back(i);
  std::vector<std::vector<size_t>> lists;
  lists.reserve(blocks.size());
  for (auto& [block, list] : blocks) lists.push_back(std::move(list));
  return lists;
}

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_BY_BLOCK_H_
