#include "sweep/statistics/level_effects.h"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <numeric>

namespace pyslow::statistics {
namespace {

// Eigenvalues of an information matrix below this, as a ratio of the largest, are rounding errors:
// delays that no block compares with the others.
constexpr double kSingular = 1e-10;

// The counts and sums of one block. Level 0 is the control.
struct BlockSums {
  BlockSums(const Block& block, const std::vector<int64_t>& delays, double y_scale)
      : counts(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(delays.size()))), sums(counts) {
    for (const Observation& o : block) {
      const auto level = std::lower_bound(delays.begin(), delays.end(), o.delay_ns);
      const Eigen::Index l = level - delays.begin();
      ++counts(l);
      sums(l) += o.seconds_per_unit / y_scale;
    }
  }
  double Trials() const { return counts.sum(); }
  double Mean() const { return sums.sum() / Trials(); }

  Eigen::VectorXd counts;
  Eigen::VectorXd sums;
};

double MeanAt(const std::vector<Block>& blocks, int64_t delay_ns) {
  const std::vector<double> times = TimesAt(blocks, delay_ns);
  return std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
}

// The squares of what is left of T after the effects of block and level.
double SquaresWithin(const Block& block, const std::vector<int64_t>& delays,
                     const Eigen::VectorXd& effects, double y_scale) {
  std::vector<double> rest;
  for (const Observation& o : block) {
    const auto level = std::lower_bound(delays.begin(), delays.end(), o.delay_ns);
    const Eigen::Index l = level - delays.begin();
    rest.push_back(o.seconds_per_unit / y_scale - (l == 0 ? 0 : effects(l - 1)));
  }
  const double mean =
      std::accumulate(rest.begin(), rest.end(), 0.0) / static_cast<double>(rest.size());
  double squares = 0;
  for (const double one : rest) squares += (one - mean) * (one - mean);
  return squares;
}

}  // namespace

LevelEffects EffectsOf(const std::vector<Block>& blocks) {
  const std::vector<int64_t> delays = DelaysOf(blocks);
  const auto levels = static_cast<Eigen::Index>(delays.size());
  LevelEffects result;
  result.x_scale = static_cast<double>(delays.back()) * 1e-9;
  result.y_scale = MeanAt(blocks, delays.front());
  result.x.resize(levels - 1);
  for (Eigen::Index l = 1; l < levels; ++l) {
    result.x(l - 1) =
        static_cast<double>(delays[static_cast<size_t>(l)]) / static_cast<double>(delays.back());
  }
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(levels, levels);
  Eigen::VectorXd totals = Eigen::VectorXd::Zero(levels);
  Eigen::VectorXd shares = Eigen::VectorXd::Zero(levels);
  for (const Block& block : blocks) {
    if (block.empty()) continue;
    const BlockSums sums(block, delays, result.y_scale);
    information += Eigen::MatrixXd(sums.counts.asDiagonal()) -
                   sums.counts * sums.counts.transpose() / sums.Trials();
    totals += sums.sums - sums.counts * sums.Mean();
    shares += sums.counts / sums.Trials();
    result.mean += sums.Mean();
    result.trials += sums.Trials();
    ++result.blocks;
  }
  result.mean /= result.blocks;
  result.shares = shares.tail(levels - 1) / result.blocks;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      information.bottomRightCorner(levels - 1, levels - 1));
  const double largest = solver.eigenvalues().maxCoeff();
  const Eigen::VectorXd values =
      (solver.eigenvalues().array() > kSingular * largest).select(solver.eigenvalues(), 0);
  const Eigen::VectorXd inverse = (values.array() > 0).select(values.cwiseInverse(), 0);
  result.root = values.cwiseSqrt().asDiagonal() * solver.eigenvectors().transpose();
  result.effects =
      solver.eigenvectors() *
      (inverse.asDiagonal() * (solver.eigenvectors().transpose() * totals.tail(levels - 1)));
  for (const Block& block : blocks) {
    if (!block.empty())
      result.within += SquaresWithin(block, delays, result.effects, result.y_scale);
  }
  return result;
}

EffectsFit FitEffects(const LevelEffects& effects, const Eigen::MatrixXd& columns) {
  const Eigen::MatrixXd weighted = effects.root * columns;
  const Eigen::VectorXd target = effects.root * effects.effects;
  const Eigen::MatrixXd inverse = (weighted.transpose() * weighted).inverse();
  EffectsFit fit;
  fit.coefficients = inverse * (weighted.transpose() * target);
  fit.variances = inverse.diagonal();
  fit.squares = effects.within + (target - weighted * fit.coefficients).squaredNorm();
  fit.intercept = effects.mean - effects.shares.dot(columns * fit.coefficients);
  return fit;
}

Eigen::VectorXd Beyond(const Eigen::VectorXd& x, double knee) {
  return (x.array() - knee).max(0).matrix();
}

}  // namespace pyslow::statistics
