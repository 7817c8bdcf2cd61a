#include "sweep/statistics/pooled_slope.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/by_block.h"
#include "sweep/statistics/effect_columns.h"

namespace pyslow::statistics {
namespace {

constexpr double kMinDegreesOfFreedom = 5;
constexpr size_t kMinBlocksToCompare = 4;  // R14: of blocks whose slopes are compared
constexpr double kSlopesDiffer = 0.95;     // R14: probability of F
constexpr double kStallProbability = 0.005;
constexpr double kMaxStallShare = 0.15;
// A trial that its own effects fit exactly has no residual to judge.
constexpr double kMinFree = 1e-9;

// `field` of each trial less its mean in the trial's block.
std::vector<double> Centred(const std::vector<PooledTrial>& trials,
                            const std::vector<std::vector<size_t>>& blocks,
                            double PooledTrial::*field) {
  std::vector<double> centred(trials.size());
  for (const std::vector<size_t>& block : blocks) {
    double mean = 0;
    for (const size_t i : block) mean += trials[i].*field / static_cast<double>(block.size());
    for (const size_t i : block) centred[i] = trials[i].*field - mean;
  }
  return centred;
}

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double DotOfBlock(const std::vector<size_t>& block, const std::vector<double>& a,
                  const std::vector<double>& b) {
  double sum = 0;
  for (const size_t i : block) sum += a[i] * b[i];
  return sum;
}

struct CentredTrials {
  std::vector<std::vector<size_t>> blocks;
  std::vector<double> x, dose, y;
};

// The slopes of single blocks, and the squares that their own lines leave.
struct BlockSlopes {
  std::vector<double> slopes;
  double squares = 0;
};
std::optional<BlockSlopes> SlopesOfBlocks(const CentredTrials& c) {
  BlockSlopes result;
  for (const std::vector<size_t>& block : c.blocks) {
    const double across = DotOfBlock(block, c.x, c.dose);
    if (across == 0) return std::nullopt;
    const double slope = DotOfBlock(block, c.x, c.y) / across;
    result.slopes.push_back(slope);
    for (const size_t i : block) {
      const double residual = c.y[i] - slope * c.dose[i];
      result.squares += residual * residual;
    }
  }
  return result;
}

// R14: whether the slopes of the blocks differ by more than noise explains.
bool SlopesDiffer(const BlockSlopes& own, double squares, size_t trials, size_t blocks) {
  const double between = static_cast<double>(blocks) - 1;
  const double within = static_cast<double>(trials) - 2 * static_cast<double>(blocks);
  if (within < 1 || own.squares <= 0) return false;
  const double f = ((squares - own.squares) / between) / (own.squares / within);
  return f > FisherQuantile(kSlopesDiffer, between, within);
}

struct Outlier {
  size_t place = 0;  // in the list of trials that are kept
  bool is_stall = false;
};

// The kept trial that lies farthest above or below a fit to the others, by its deletion residual.
// nullopt: too few trials to tell.
std::optional<Outlier> FarthestTrial(const std::vector<PooledTrial>& trials,
                                     const std::vector<size_t>& level,
                                     const std::vector<size_t>& kept) {
  const Eigen::MatrixXd columns =
      EffectColumns(trials, level, kept, LevelColumns::kLineInFewBlocks);
  const Eigen::Index count = columns.rows();
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decomposition(columns);
  const Eigen::Index rank = decomposition.rank();
  const auto degrees = static_cast<double>(count - rank) - 1;  // without the trial itself
  if (degrees < 1) return std::nullopt;
  Eigen::VectorXd y(count);
  for (Eigen::Index row = 0; row < count; ++row) y(row) = trials[kept[static_cast<size_t>(row)]].y;
  // An orthonormal basis of the columns: the squares of its rows are the leverages.
  const Eigen::MatrixXd basis =
      decomposition.householderQ() * Eigen::MatrixXd::Identity(count, rank);
  const Eigen::VectorXd residuals = y - basis * (basis.transpose() * y);
  double farthest = -1;  // squared residual over its variance, in units of the noise
  Outlier outlier;
  for (Eigen::Index row = 0; row < count; ++row) {
    const double free = 1 - basis.row(row).squaredNorm();
    if (free < kMinFree) continue;
    const double squared = residuals(row) * residuals(row) / free;
    if (squared <= farthest) continue;
    farthest = squared;
    outlier.place = static_cast<size_t>(row);
  }
  if (farthest < 0) return std::nullopt;
  const double noise = (residuals.squaredNorm() - farthest) / degrees;
  const double limit = StudentQuantile(1 - kStallProbability / static_cast<double>(count), degrees);
  outlier.is_stall = farthest > limit * limit * noise;
  return outlier;
}

}  // namespace

model::Estimate PooledSlope::WithInterval(double confidence) const {
  const double half = StudentQuantile((1 + confidence) / 2, degrees_of_freedom) * standard_error;
  return {value, model::Range{value - half, value + half}};
}

std::optional<PooledSlope> FitPooledSlope(const std::vector<PooledTrial>& trials) {
  CentredTrials c;
  c.blocks = IndicesByBlock(trials);
  c.x = Centred(trials, c.blocks, &PooledTrial::x);
  c.dose = Centred(trials, c.blocks, &PooledTrial::dose);
  c.y = Centred(trials, c.blocks, &PooledTrial::y);
  const double xx = Dot(c.x, c.x);
  const double across = Dot(c.x, c.dose);
  const double degrees =
      static_cast<double>(trials.size()) - static_cast<double>(c.blocks.size()) - 1;
  if (degrees < kMinDegreesOfFreedom || xx <= 0 || across == 0) return std::nullopt;

  PooledSlope slope;
  slope.value = Dot(c.x, c.y) / across;
  slope.degrees_of_freedom = degrees;
  double squares = 0;
  double sandwich = 0;  // HC2
  for (const std::vector<size_t>& block : c.blocks) {
    for (const size_t i : block) {
      const double residual = c.y[i] - slope.value * c.dose[i];
      const double leverage = 1 / static_cast<double>(block.size()) + c.x[i] * c.x[i] / xx;
      squares += residual * residual;
      if (leverage < 1) sandwich += c.x[i] * c.x[i] * residual * residual / (1 - leverage);
    }
  }
  slope.noise = std::sqrt(squares / degrees);
  const double pooled = slope.noise * std::sqrt(xx);
  slope.standard_error = std::max(pooled, std::sqrt(sandwich)) / std::abs(across);
  if (c.blocks.size() < kMinBlocksToCompare) return slope;
  const std::optional<BlockSlopes> own = SlopesOfBlocks(c);
  if (!own.has_value() || !SlopesDiffer(*own, squares, trials.size(), c.blocks.size())) {
    return slope;
  }
  const auto count = static_cast<double>(own->slopes.size());
  const double mean = std::accumulate(own->slopes.begin(), own->slopes.end(), 0.0) / count;
  double spread = 0;
  for (const double one : own->slopes) spread += (one - mean) * (one - mean);
  slope.value = mean;
  slope.standard_error = std::sqrt(spread / (count - 1) / count);
  slope.degrees_of_freedom = count - 1;
  return slope;
}

std::vector<size_t> FindStalls(const std::vector<PooledTrial>& trials,
                               const std::vector<size_t>& level) {
  std::vector<size_t> kept(trials.size());
  std::iota(kept.begin(), kept.end(), size_t{0});
  const auto most =
      static_cast<size_t>(std::ceil(kMaxStallShare * static_cast<double>(kept.size())));
  std::vector<size_t> removed;
  size_t stalls = 0;
  while (removed.size() < most) {
    const std::optional<Outlier> outlier = FarthestTrial(trials, level, kept);
    if (!outlier.has_value()) break;
    removed.push_back(kept[outlier->place]);
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(outlier->place));
    if (outlier->is_stall) stalls = removed.size();
  }
  removed.resize(stalls);
  std::sort(removed.begin(), removed.end());
  return removed;
}

}  // namespace pyslow::statistics
