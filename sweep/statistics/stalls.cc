#include "sweep/statistics/stalls.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/effect_columns.h"

namespace pyslow::statistics {
namespace {

constexpr double kStallProbability = 0.02;  // of a sweep without stalls
constexpr double kQuantile = 0.25;
constexpr int kReweightings = 30;
constexpr double kMinDegrees = 3;
constexpr double kMaxAtFirst = 2.5;       // standard deviations above the robust fit
constexpr double kNormalPerMad = 1.4826;  // σ over the median absolute deviation
// Residuals below this ratio of the mean T are rounding errors.
constexpr double kRounding = 1e-9;

using Rows = Eigen::MatrixXd;

struct CalmFit {
  Eigen::VectorXd residuals;  // of all trials
  Eigen::MatrixXd variances;  // of the effects, in units of the noise
  double noise = 0;
  double degrees = 0;
};

// Quantile regression by iterated least squares: what the quantile leaves of each trial.
Eigen::VectorXd QuantileResiduals(const Rows& rows, const Eigen::VectorXd& y, double rounding) {
  constexpr double kSmallestOfMean = 1e3;  // times the rounding: bounds the weights
  Eigen::VectorXd root = Eigen::VectorXd::Ones(y.size());
  Eigen::VectorXd rest;
  for (int i = 0; i < kReweightings; ++i) {
    const Eigen::CompleteOrthogonalDecomposition<Rows> decomposition(root.asDiagonal() * rows);
    rest = y - rows * decomposition.solve(root.asDiagonal() * y);
    root = rest.unaryExpr([rounding](double r) {
      const double weight = r > 0 ? kQuantile : 1 - kQuantile;
      return std::sqrt(weight / std::max(std::abs(r), kSmallestOfMean * rounding));
    });
  }
  return rest;
}

// The standard deviation of trials, by the residuals that the fit did not make 0.
double RobustNoise(const Eigen::VectorXd& residuals, Eigen::Index rank) {
  std::vector<double> sizes(static_cast<size_t>(residuals.size()));
  for (size_t i = 0; i < sizes.size(); ++i) {
    sizes[i] = std::abs(residuals(static_cast<Eigen::Index>(i)));
  }
  const auto median = static_cast<size_t>((residuals.size() + rank) / 2);
  std::nth_element(sizes.begin(), sizes.begin() + static_cast<ptrdiff_t>(median), sizes.end());
  return kNormalPerMad * sizes[median];
}

// Least squares over the trials that are in. nullopt: too few of them.
std::optional<CalmFit> FitTrials(const Rows& rows, const Eigen::VectorXd& y,
                                 const std::vector<bool>& is_in) {
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(rows.cols(), rows.cols());
  Eigen::VectorXd totals = Eigen::VectorXd::Zero(rows.cols());
  double count = 0;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    if (!is_in[static_cast<size_t>(i)]) continue;
    information += rows.row(i).transpose() * rows.row(i);
    totals += rows.row(i).transpose() * y(i);
    ++count;
  }
  const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition(information);
  CalmFit fit;
  fit.degrees = count - static_cast<double>(decomposition.rank());
  if (fit.degrees < 1) return std::nullopt;
  fit.variances = decomposition.pseudoInverse();
  fit.residuals = y - rows * (fit.variances * totals);
  double squares = 0;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    if (is_in[static_cast<size_t>(i)]) squares += fit.residuals(i) * fit.residuals(i);
  }
  fit.noise = std::sqrt(squares / fit.degrees);
  return fit;
}

// The excluded trial that is closest to a fit, and by how many standard deviations it exceeds it.
struct Nearest {
  size_t trial = 0;
  double excess = 0;
};
Nearest NearestExcluded(const Rows& rows, const CalmFit& fit, const std::vector<bool>& is_in,
                        double rounding) {
  std::optional<Nearest> nearest;
  for (size_t i = 0; i < is_in.size(); ++i) {
    if (is_in[i]) continue;
    const auto row = rows.row(static_cast<Eigen::Index>(i));
    const double leverage = row * fit.variances * row.transpose();
    const double deviation = std::max(fit.noise, rounding) * std::sqrt(1 + leverage);
    const double excess = fit.residuals(static_cast<Eigen::Index>(i)) / deviation;
    if (!nearest.has_value() || excess < nearest->excess) nearest = {i, excess};
  }
  return *nearest;
}

}  // namespace

std::vector<size_t> FindStalls(const std::vector<PooledTrial>& trials,
                               const std::vector<size_t>& level) {
  if (trials.empty()) return {};
  std::vector<size_t> all(trials.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const Rows rows = EffectColumns(trials, level, all, LevelColumns::kLineInFewBlocks);
  Eigen::VectorXd y(rows.rows());
  for (const size_t i : all) y(static_cast<Eigen::Index>(i)) = trials[i].y;
  const Eigen::Index rank = Eigen::ColPivHouseholderQR<Rows>(rows).rank();
  if (static_cast<double>(rows.rows() - rank) < kMinDegrees) return {};

  const double rounding = kRounding * y.cwiseAbs().mean();
  const Eigen::VectorXd robust = QuantileResiduals(rows, y, rounding);
  const double limit = std::max(kMaxAtFirst * RobustNoise(robust, rank), rounding);
  std::vector<bool> is_in(trials.size());
  for (const size_t i : all) is_in[i] = robust(static_cast<Eigen::Index>(i)) <= limit;
  auto count = static_cast<size_t>(std::count(is_in.begin(), is_in.end(), true));
  for (; count < trials.size(); ++count) {
    const std::optional<CalmFit> fit = FitTrials(rows, y, is_in);
    if (!fit.has_value()) return {};
    const Nearest nearest = NearestExcluded(rows, *fit, is_in, rounding);
    const double probability = 1 - kStallProbability / static_cast<double>(count + 1);
    if (nearest.excess > StudentQuantile(probability, fit->degrees)) break;
    is_in[nearest.trial] = true;
  }
  all.erase(std::remove_if(all.begin(), all.end(), [&](size_t i) { return is_in[i]; }), all.end());
  return all;
}

}  // namespace pyslow::statistics
