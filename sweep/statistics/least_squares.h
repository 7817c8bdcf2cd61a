// Least squares on the level means of a balanced design, for the fits of bend.h.
#ifndef PYSLOW_SWEEP_STATISTICS_LEAST_SQUARES_H_
#define PYSLOW_SWEEP_STATISTICS_LEAST_SQUARES_H_

#include <Eigen/Core>
#include <vector>

#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// A curve without block effects. Since every block has every delay, a fit with one intercept per
// block equals a fit to the means of the levels, and its residual sum of squares is blocks × (that
// of the means) + `within`.
struct LevelMeans {
  Eigen::VectorXd x;  // delay over the largest delay: 0 … 1
  Eigen::VectorXd y;  // mean T over T at the control
  double blocks = 0;
  double within = 0;   // sum of squares that neither level nor block explains
  double x_scale = 1;  // the largest delay, in seconds
  double y_scale = 1;  // T at the control
  double Squares(double of_means) const { return within + blocks * of_means; }
  // Residual degrees of freedom with `parameters` besides the intercepts.
  double DegreesOfFreedom(int parameters) const {
    return blocks * static_cast<double>(x.size() - 1) - parameters;
  }
};
LevelMeans MeansOf(const std::vector<Block>& blocks);

struct LeastSquaresFit {
  double intercept = 0;
  Eigen::VectorXd coefficients;  // of the columns
  Eigen::VectorXd variances;     // of the coefficients, over the variance of an element of y
  double squares = 0;            // residual sum
};
// Fits y to an intercept and `columns`, which are linearly independent and not constant.
LeastSquaresFit SolveLeastSquares(const Eigen::MatrixXd& columns, const Eigen::VectorXd& y);

// max(0, x − knee).
Eigen::VectorXd Beyond(const Eigen::VectorXd& x, double knee);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LEAST_SQUARES_H_
