#include "sweep/statistics/pooled_slope.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/by_block.h"

namespace pyslow::statistics {
namespace {

constexpr double kMinDegreesOfFreedom = 5;
constexpr size_t kMinBlocksToCompare = 4;  // R14: of blocks whose slopes are compared
constexpr double kSlopesDiffer = 0.95;     // R14: probability of F

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

}  // namespace pyslow::statistics
