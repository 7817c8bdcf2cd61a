#include "sweep/statistics/least_squares.h"

#include <Eigen/LU>

namespace pyslow::statistics {

LevelMeans MeansOf(const std::vector<Block>& blocks) {
  const auto levels = static_cast<Eigen::Index>(blocks.front().size());
  const auto count = static_cast<Eigen::Index>(blocks.size());
  Eigen::MatrixXd times(count, levels);
  Eigen::VectorXd x(levels);
  for (Eigen::Index b = 0; b < count; ++b) {
    for (Eigen::Index l = 0; l < levels; ++l) {
      const Observation& o = blocks[static_cast<size_t>(b)][static_cast<size_t>(l)];
      times(b, l) = o.seconds_per_unit;
      x(l) = DelaySeconds(o);
    }
  }
  LevelMeans means;
  means.blocks = static_cast<double>(count);
  means.x_scale = x(levels - 1);
  means.x = x / means.x_scale;
  means.y_scale = times.col(0).mean();
  times /= means.y_scale;
  means.y = times.colwise().mean().transpose();
  times.colwise() -= times.rowwise().mean().eval();
  times.rowwise() -= times.colwise().mean().eval();
  means.within = times.squaredNorm();
  return means;
}

LeastSquaresFit SolveLeastSquares(const Eigen::MatrixXd& columns, const Eigen::VectorXd& y) {
  const Eigen::RowVectorXd centre = columns.colwise().mean();
  const Eigen::MatrixXd centred = columns.rowwise() - centre;
  const Eigen::MatrixXd inverse = (centred.transpose() * centred).inverse();
  LeastSquaresFit fit;
  const double mean = y.mean();
  const Eigen::VectorXd about = y.array() - mean;
  fit.coefficients = inverse * (centred.transpose() * about);
  fit.intercept = mean - centre.dot(fit.coefficients);
  fit.variances = inverse.diagonal();
  fit.squares = (about - centred * fit.coefficients).squaredNorm();
  return fit;
}

Eigen::VectorXd Beyond(const Eigen::VectorXd& x, double knee) {
  return (x.array() - knee).max(0).matrix();
}

}  // namespace pyslow::statistics
