#include "experiment/response.h"

#include <algorithm>
#include <map>

namespace pyslow::experiment {

std::optional<double> CallsPerUnit(const Trial& trial, Measure measure) {
  if (!trial.counts.has_value()) return std::nullopt;
  const auto delayed = static_cast<double>(trial.counts->delayed);
  if (measure == Measure::kWallTime) return delayed;
  if (trial.window_seconds <= 0) return std::nullopt;
  return delayed / trial.window_seconds * trial.seconds_per_unit;
}

std::vector<Block> CompleteBlocks(const std::vector<Trial>& trials,
                                  const std::vector<int64_t>& delays_ns, Measure measure) {
  std::map<int, Block> by_number;
  for (const Trial& trial : trials) {
    by_number[trial.block].push_back(
        {trial.delay_ns, trial.seconds_per_unit, CallsPerUnit(trial, measure)});
  }
  std::vector<Block> complete;
  for (auto& [number, block] : by_number) {
    std::sort(block.begin(), block.end(),
              [](const Response& a, const Response& b) { return a.delay_ns < b.delay_ns; });
    const bool has_each_delay_once =
        std::equal(block.begin(), block.end(), delays_ns.begin(), delays_ns.end(),
                   [](const Response& r, int64_t delay_ns) { return r.delay_ns == delay_ns; });
    if (has_each_delay_once) complete.push_back(std::move(block));
  }
  return complete;
}

std::vector<double> SecondsPerUnit(const std::vector<Block>& blocks, size_t level) {
  std::vector<double> seconds(blocks.size());
  std::transform(blocks.begin(), blocks.end(), seconds.begin(),
                 [level](const Block& block) { return block[level].seconds_per_unit; });
  return seconds;
}

}  // namespace pyslow::experiment
