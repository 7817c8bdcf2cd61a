#include "sweep/statistics/stalls.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/effect_columns.h"

namespace pyslow::statistics {
namespace {

constexpr double kStallProbability = 0.02;  // of calm trials, at one look
constexpr double kQuantile = 0.25;
constexpr int kReweightings = 30;
constexpr double kLeastDegrees = 3;
constexpr double kMaxAtFirst = 2.5;  // robust standard deviations
// A deviation from the median would be σ/1.4826. From a quartile it is larger: a wider first fit.
constexpr double kNormalPerMedian = 1.4826;
// Residuals below this ratio of the mean T are rounding errors.
constexpr double kRoundingOfMean = 1e-9;

// Quantile regression by iterated least squares: what the quantile leaves of each trial.
Eigen::VectorXd QuantileResiduals(const Eigen::MatrixXd& rows, const Eigen::VectorXd& y,
                                  double rounding) {
  constexpr double kLeastOfRounding = 1e3;  // bounds the weights
  Eigen::VectorXd root = Eigen::VectorXd::Ones(y.size());
  Eigen::VectorXd rest;
  for (int i = 0; i < kReweightings; ++i) {
    const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition(root.asDiagonal() *
                                                                                rows);
    rest = y - rows * decomposition.solve(root.asDiagonal() * y);
    root = rest.unaryExpr([rounding](double r) {
      const double weight = r > 0 ? kQuantile : 1 - kQuantile;
      return std::sqrt(weight / std::max(std::abs(r), kLeastOfRounding * rounding));
    });
  }
  return rest;
}

// The standard deviation of trials, by the residuals that the fit did not make 0.
double RobustNoise(const Eigen::VectorXd& residuals, Eigen::Index rank) {
  Eigen::VectorXd sizes = residuals.cwiseAbs();
  double* const median = sizes.data() + (sizes.size() + rank) / 2;
  std::nth_element(sizes.data(), median, sizes.data() + sizes.size());
  return kNormalPerMedian * *median;
}

// A least-squares fit to some of the trials, to which others return.
class CalmFit {
 public:
  // `least_noise`: of a trial, in the unit of y.
  CalmFit(const Eigen::MatrixXd& rows, const Eigen::VectorXd& y, double least_noise)
      : rows_(rows), y_(y), least_noise_(least_noise), is_in_(y.size(), false) {
    information_ = Eigen::MatrixXd::Zero(rows.cols(), rows.cols());
    totals_ = Eigen::VectorXd::Zero(rows.cols());
  }

  bool is_in(size_t trial) const { return is_in_[trial]; }
  double residual(size_t trial) const { return residuals_(static_cast<Eigen::Index>(trial)); }
  double degrees() const { return degrees_; }
  size_t count() const { return count_; }  // of the trials that are in

  void Add(size_t trial) {
    const auto row = rows_.row(static_cast<Eigen::Index>(trial));
    information_.noalias() += row.transpose() * row;
    totals_.noalias() += row.transpose() * y_(static_cast<Eigen::Index>(trial));
    is_in_[trial] = true;
    ++count_;
  }

  void Fit() {
    const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> decomposition(information_);
    variances_ = decomposition.pseudoInverse();
    degrees_ = static_cast<double>(count_) - static_cast<double>(decomposition.rank());
    residuals_ = y_ - rows_ * (variances_ * totals_);
    double squares = 0;
    for (size_t i = 0; i < is_in_.size(); ++i) {
      if (is_in_[i]) squares += residual(i) * residual(i);
    }
    noise_ = std::max(std::sqrt(squares / std::max(degrees_, 1.0)), least_noise_);
  }

  // How far the fit to the others is from a trial that is not in it, in standard deviations. Below
  // 0: they do not tell, because none of them is of its block or its level, or too few are.
  double Distance(size_t trial) const {
    constexpr double kSame = 1e-6;
    const auto row = rows_.row(static_cast<Eigen::Index>(trial));
    const Eigen::RowVectorXd spread = row * variances_;
    const bool is_estimable = (spread * information_ - row).norm() < kSame;
    if (degrees_ < 1 || !is_estimable) return -1;
    return std::abs(residual(trial)) / (noise_ * std::sqrt(1 + spread.dot(row)));
  }

 private:
  const Eigen::MatrixXd& rows_;
  const Eigen::VectorXd& y_;
  const double least_noise_;
  std::vector<bool> is_in_;
  size_t count_ = 0;
  Eigen::MatrixXd information_;
  Eigen::VectorXd totals_;
  Eigen::MatrixXd variances_;  // of the effects, in units of the noise
  Eigen::VectorXd residuals_;  // of all trials
  double noise_ = 0;
  double degrees_ = 0;
};

// Lets trials return, until the closest one is too far.
void ReturnTrials(size_t trials, CalmFit* fit) {
  while (fit->count() < trials) {
    fit->Fit();
    size_t closest = 0;
    double distance = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < trials; ++i) {
      if (fit->is_in(i)) continue;
      if (const double own = fit->Distance(i); own < distance) {
        distance = own;
        closest = i;
      }
    }
    const double probability = 1 - kStallProbability / static_cast<double>(fit->count() + 1);
    if (distance > 0 && distance > StudentQuantile(probability, fit->degrees())) return;
    fit->Add(closest);
  }
}

}  // namespace

std::vector<size_t> FindStalls(const std::vector<PooledTrial>& trials,
                               const std::vector<size_t>& level, double grid) {
  if (trials.empty()) return {};
  std::vector<size_t> all(trials.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const Eigen::MatrixXd rows = EffectColumns(trials, level);
  Eigen::VectorXd y(rows.rows());
  for (const size_t i : all) y(static_cast<Eigen::Index>(i)) = trials[i].y;
  const Eigen::Index rank = Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(rows).rank();
  if (static_cast<double>(rows.rows() - rank) < kLeastDegrees) return {};

  const double rounding = kRoundingOfMean * y.cwiseAbs().mean();
  const double least = std::max(rounding, grid);
  const Eigen::VectorXd robust = QuantileResiduals(rows, y, rounding);
  const double limit = kMaxAtFirst * std::max(RobustNoise(robust, rank), least);
  CalmFit fit(rows, y, least);
  for (const size_t i : all) {
    if (std::abs(robust(static_cast<Eigen::Index>(i))) <= limit) fit.Add(i);
  }
  if (fit.count() == trials.size()) return {};
  ReturnTrials(trials.size(), &fit);
  std::erase_if(all, [&](size_t i) { return fit.is_in(i) || fit.residual(i) < 0; });
  return all;
}

}  // namespace pyslow::statistics
