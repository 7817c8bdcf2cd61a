// The differences between the delays of a curve, without the differences between its blocks, and
// fits to them: the arithmetic of bend.h.
#ifndef PYSLOW_SWEEP_STATISTICS_LEVEL_EFFECTS_H_
#define PYSLOW_SWEEP_STATISTICS_LEVEL_EFFECTS_H_

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/statistics/curve.h"

namespace pyslow::statistics {

// Least squares with one effect for each block and one for each delay. A fit of a function of the
// delay, with an intercept for each block, to all trials equals a fit to `effects` with the weights
// root'root, and its residual sum of squares is `within` + that of this fit. The blocks may lack
// delays. Times are over T at the control, delays over the largest delay.
struct LevelEffects {
  Eigen::VectorXd x;        // the delays other than the control: 0 < x ≤ 1, ascending
  Eigen::VectorXd effects;  // T at each less T at the control
  Eigen::MatrixXd root;     // a square root of the information matrix of `effects`
  Eigen::VectorXd shares;   // of each delay in a block, the mean over blocks
  double mean = 0;          // of T: the mean over blocks
  double within = 0;        // sum of squares that neither block nor delay explains
  double trials = 0;
  double blocks = 0;
  double x_scale = 1;  // the largest delay, in seconds
  double y_scale = 1;  // mean T at the control, in seconds

  // Residual degrees of freedom with `parameters` besides the blocks' intercepts.
  double DegreesOfFreedom(int parameters) const { return trials - blocks - parameters; }
};
// `blocks`: with at least one control and one delayed trial.
LevelEffects EffectsOf(const std::vector<Block>& blocks);

struct EffectsFit {
  double intercept = 0;  // mean over blocks
  Eigen::VectorXd coefficients;
  Eigen::VectorXd variances;  // of the coefficients, over the variance of a trial
  double squares = 0;         // residual sum over all trials
};
// Fits columns, functions of the delay that are 0 at the control and linearly independent.
EffectsFit FitEffects(const LevelEffects& effects, const Eigen::MatrixXd& columns);

// max(0, x − knee).
Eigen::VectorXd Beyond(const Eigen::VectorXd& x, double knee);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_LEVEL_EFFECTS_H_
