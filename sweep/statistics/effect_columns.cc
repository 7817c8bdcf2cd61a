#include "sweep/statistics/effect_columns.h"

#include <map>

namespace pyslow::statistics {

Eigen::MatrixXd EffectColumns(const std::vector<PooledTrial>& trials,
                              const std::vector<size_t>& level, const std::vector<size_t>& kept,
                              LevelColumns form) {
  std::map<size_t, Eigen::Index> blocks;
  std::map<size_t, Eigen::Index> levels;
  for (const size_t i : kept) {
    blocks.emplace(trials[i].block, static_cast<Eigen::Index>(blocks.size()));
    levels.emplace(level[i], static_cast<Eigen::Index>(levels.size()));
  }
  const auto block_count = static_cast<Eigen::Index>(blocks.size());
  const bool by_line = form == LevelColumns::kLineInFewBlocks && block_count <= 2;
  const Eigen::Index more = by_line ? 1 : static_cast<Eigen::Index>(levels.size());
  Eigen::MatrixXd columns =
      Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(kept.size()), block_count + more);
  for (size_t row = 0; row < kept.size(); ++row) {
    const auto r = static_cast<Eigen::Index>(row);
    columns(r, blocks[trials[kept[row]].block]) = 1;
    if (by_line) {
      columns(r, block_count) = trials[kept[row]].x;
    } else {
      columns(r, block_count + levels[level[kept[row]]]) = 1;
    }
  }
  return columns;
}

}  // namespace pyslow::statistics
