#include "sweep/statistics/line.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/by_block.h"

namespace pyslow::statistics {

using model::Estimate;

namespace {

// R16: an interval of the calm trials needs this many at the control and near the largest dose.
constexpr std::ptrdiff_t kMinCalm = 2;
constexpr double kNearLargest = 0.7;
// R16: the share of the slope from which waiting is reported.
constexpr double kWaitingShown = 0.02;

// R14: the mean of the slopes of the blocks that have one.
void FitEachBlock(const std::vector<PooledTrial>& trials, double confidence, Fit* fit) {
  std::vector<double> slopes;
  for (const std::vector<size_t>& block : IndicesByBlock(trials)) {
    std::vector<Point> points;
    points.reserve(block.size());
    for (const size_t i : block) points.push_back({trials[i].dose, trials[i].y});
    const bool varies = std::any_of(points.begin(), points.end(),
                                    [&](const Point& p) { return p.x != points.front().x; });
    if (varies) slopes.push_back(LeastSquares(points).slope);
  }
  if (slopes.empty()) return;
  fit->slope = MeanOfBlocks(slopes, confidence);
  if (!fit->slope.range.has_value()) return;
  fit->degrees_of_freedom = static_cast<double>(slopes.size()) - 1;
  fit->standard_error = (fit->slope.range->high - fit->slope.value) /
                        StudentQuantile((1 + confidence) / 2, fit->degrees_of_freedom);
}

double Width(const Estimate& estimate) { return estimate.range->high - estimate.range->low; }

// The slope of the trials that were not disturbed; nullopt if there are too few.
std::optional<PooledSlope> CalmSlope(const std::vector<PooledTrial>& trials) {
  std::vector<PooledTrial> calm;
  double largest = 0;
  for (const PooledTrial& trial : trials) {
    largest = std::max(largest, trial.x);
    if (trial.calm) calm.push_back(trial);
  }
  if (calm.size() == trials.size()) return std::nullopt;
  const auto controls =
      std::count_if(calm.begin(), calm.end(), [](const PooledTrial& t) { return t.x == 0; });
  const auto large = std::count_if(calm.begin(), calm.end(), [&](const PooledTrial& t) {
    return t.x >= kNearLargest * largest;
  });
  if (controls < kMinCalm || large < kMinCalm) return std::nullopt;
  return FitPooledSlope(calm);
}

// The slope of the time that other work may have cost; nullopt without evidence.
std::optional<PooledSlope> WaitingSlope(std::vector<PooledTrial> trials) {
  for (PooledTrial& trial : trials) {
    if (!trial.waited.has_value()) return std::nullopt;
    trial.y = *trial.waited;
  }
  return FitPooledSlope(trials);
}

// The slope of the error of the waiting that was subtracted from T.
double WaitingErrorSlope(std::vector<PooledTrial> trials) {
  for (PooledTrial& trial : trials) trial.y = trial.waiting_error;
  const std::optional<PooledSlope> error = FitPooledSlope(trials);
  return error.has_value() ? error->value : 0;
}

// R16: the narrower of two intervals.
void AllowForDisturbance(const std::vector<PooledTrial>& trials, double confidence, Fit* fit) {
  const bool all_calm = std::all_of(trials.begin(), trials.end(),
                                    [](const PooledTrial& trial) { return trial.calm; });
  if (all_calm) return;
  const double error = std::hypot(fit->standard_error, WaitingErrorSlope(trials));
  const double more = StudentQuantile((1 + confidence) / 2, fit->degrees_of_freedom) *
                      (error - fit->standard_error);
  fit->slope.range = model::Range{fit->slope.range->low - more, fit->slope.range->high + more};
  fit->standard_error = error;
  if (const std::optional<PooledSlope> waiting = WaitingSlope(trials)) {
    fit->slope.range->low -= std::max(0.0, waiting->value);
    const double surely = waiting->WithInterval(confidence).range->low;
    if (fit->slope.value > 0 && surely > kWaitingShown * fit->slope.value) {
      fit->waiting_share = waiting->value / fit->slope.value;
    }
  }
  const std::optional<PooledSlope> calm = CalmSlope(trials);
  if (!calm.has_value()) return;
  const Estimate alone = calm->WithInterval(confidence);
  if (Width(alone) >= Width(fit->slope)) return;
  fit->slope = alone;
  fit->standard_error = calm->standard_error;
  fit->degrees_of_freedom = calm->degrees_of_freedom;
  fit->noise = calm->noise;
  fit->calm_alone = true;
}

PooledTrial TrialOf(size_t block, const Observation& o) {
  PooledTrial trial;
  trial.block = block;
  trial.x = trial.dose = DelaySeconds(o);
  trial.y = o.seconds_per_unit;
  trial.waited = o.waited_seconds;
  trial.waiting_error = o.waiting_error_seconds;
  trial.calm = o.calm;
  return trial;
}

}  // namespace

Line LeastSquares(const std::vector<Point>& points) {
  const auto count = static_cast<double>(points.size());
  Point mean;
  for (const Point& p : points) {
    mean.x += p.x / count;
    mean.y += p.y / count;
  }
  double xx = 0;
  double xy = 0;
  for (const Point& p : points) {
    xx += (p.x - mean.x) * (p.x - mean.x);
    xy += (p.x - mean.x) * (p.y - mean.y);
  }
  const double slope = xx > 0 ? xy / xx : 0;
  return {mean.y - slope * mean.x, slope};
}

Fit FitTrials(const std::vector<PooledTrial>& trials, double confidence) {
  Fit fit;
  if (const std::optional<PooledSlope> pooled = FitPooledSlope(trials)) {
    fit.slope = pooled->WithInterval(confidence);
    fit.standard_error = pooled->standard_error;
    fit.degrees_of_freedom = pooled->degrees_of_freedom;
    fit.noise = pooled->noise;
    AllowForDisturbance(trials, confidence, &fit);
  } else {
    FitEachBlock(trials, confidence, &fit);
  }
  const std::vector<std::vector<size_t>> blocks = IndicesByBlock(trials);
  for (const std::vector<size_t>& block : blocks) {
    for (const size_t i : block) {
      fit.intercept += (trials[i].y - fit.slope.value * trials[i].dose) /
                       static_cast<double>(block.size() * blocks.size());
    }
  }
  return fit;
}

Fit FitDelay(const std::vector<Block>& blocks, double confidence) {
  std::vector<PooledTrial> trials;
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (const Observation& o : blocks[b]) {
      trials.push_back(TrialOf(b, o));
      trials.back().dose *= o.stretch;
    }
  }
  return FitTrials(trials, confidence);
}

std::optional<Fit> FitDose(const std::vector<Block>& blocks, double confidence) {
  std::vector<PooledTrial> trials;
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (const Observation& o : blocks[b]) {
      const std::optional<double> dose = DoseSeconds(o);
      if (!dose.has_value() || (o.delay_ns > 0 && *dose <= 0)) return std::nullopt;
      trials.push_back(TrialOf(b, o));
      trials.back().dose = *dose;
    }
  }
  return FitTrials(trials, confidence);
}

}  // namespace pyslow::statistics
