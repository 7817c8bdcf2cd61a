#include "sweep/statistics/effect_columns.h"

#include <map>

namespace pyslow::statistics {

Eigen::MatrixXd EffectColumns(const std::vector<PooledTrial>& trials,
                              const std::vector<size_t>& level) {
  std::map<size_t, Eigen::Index> blocks;
  std::map<size_t, Eigen::Index> levels;
  for (size_t i = 0; i < trials.size(); ++i) {
    blocks.emplace(trials[i].block, static_cast<Eigen::Index>(blocks.size()));
    levels.emplace(level[i], static_cast<Eigen::Index>(levels.size()));
  }
  const auto block_count = static_cast<Eigen::Index>(blocks.size());
  const auto level_count = static_cast<Eigen::Index>(levels.size());
  Eigen::MatrixXd columns =
      Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(trials.size()), block_count + level_count);
  for (size_t i = 0; i < trials.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    columns(row, blocks[trials[i].block]) = 1;
    columns(row, block_count + levels[level[i]]) = 1;
  }
  return columns;
}

}  // namespace pyslow::statistics
