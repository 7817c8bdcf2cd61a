#include "sweep/statistics/gil_share.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/grid.h"

namespace pyslow::statistics {

using model::Estimate;
using model::GilFinding;
using model::Range;
using GilOutcome = model::GilFinding::Outcome;

namespace {

constexpr double kLittle = 0.1;       // a smaller share of the cost is none
constexpr double kPrecise = 0.1;      // half the width of an interval that needs no further block
constexpr double kFalseFinds = 0.05;  // in a sweep

std::vector<double> Times(const std::vector<GilBlock>& blocks, GilTimes GilBlock::*times,
                          double GilTimes::*arm) {
  std::vector<double> values;
  values.reserve(blocks.size());
  for (const GilBlock& block : blocks) values.push_back(block.*times.*arm);
  return values;
}

std::vector<double> Differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> differences(a.size());
  for (size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return differences;
}

// Without an interval if the cost may be 0.
Estimate ShareOf(const std::vector<GilBlock>& blocks, GilTimes GilBlock::*times, double confidence,
                 double grid_seconds) {
  const std::vector<double> held = Times(blocks, times, &GilTimes::held);
  const std::vector<double> cost = Differences(held, Times(blocks, times, &GilTimes::control));
  Estimate share = RatioByFieller(Differences(held, Times(blocks, times, &GilTimes::released)),
                                  cost, confidence);
  const double cost_seconds = MeanOfBlocks(cost).value;
  if (cost_seconds <= grid_seconds) share.range.reset();
  // R25: half a step at each of the two readings of a difference.
  WidenTo(grid_seconds * (1 + std::abs(share.value)) / cost_seconds, &share);
  return share;
}

// The interval contains those of both figures of T; it has none if one of them has none.
std::optional<Estimate> ShareOfBoth(const std::vector<GilBlock>& blocks, double confidence,
                                    double grid_seconds) {
  const Estimate raw = ShareOf(blocks, &GilBlock::measured, confidence, grid_seconds);
  Estimate share = ShareOf(blocks, &GilBlock::without_waiting, confidence, grid_seconds);
  if (!share.range.has_value() || !raw.range.has_value()) return std::nullopt;
  share.range->low = std::min(share.range->low, raw.range->low);
  share.range->high = std::max(share.range->high, raw.range->high);
  return share;
}

// Of throughput, as a ratio less 1.
Estimate ChangeOf(const std::vector<GilBlock>& blocks, double GilTimes::*arm, double confidence) {
  const auto times = &GilBlock::without_waiting;
  return model::Plus(
      RatioOfMeans(Times(blocks, times, &GilTimes::control), Times(blocks, times, arm), confidence),
      -1);
}

GilOutcome OutcomeOf(const std::optional<Estimate>& share, const std::optional<Estimate>& strict) {
  if (!share.has_value()) return GilOutcome::kNoCost;
  if (strict.has_value() && strict->range->low > 0) return GilOutcome::kPart;
  const Range& range = *share->range;
  // A release costs a little itself.
  if (range.low > -kLittle && range.low <= 0 && range.high < kLittle) return GilOutcome::kNone;
  const bool is_slower = strict.has_value() && strict->range->high < 0;
  return is_slower ? GilOutcome::kReleasedSlower : GilOutcome::kUndecided;
}

}  // namespace

GilFinding JudgeGil(const std::vector<GilBlock>& blocks, const GilLimits& limits) {
  GilFinding finding;
  finding.blocks = blocks.size();
  const auto seconds = [&](double GilTimes::*arm) {
    Estimate mean = MeanOfBlocks(Times(blocks, &GilBlock::without_waiting, arm), limits.confidence);
    WidenTo(limits.grid_seconds / 2, &mean);
    return mean;
  };
  finding.control_seconds = seconds(&GilTimes::control);
  finding.held_seconds = seconds(&GilTimes::held);
  finding.released_seconds = seconds(&GilTimes::released);
  finding.held_change = ChangeOf(blocks, &GilTimes::held, limits.confidence);
  finding.released_change = ChangeOf(blocks, &GilTimes::released, limits.confidence);
  finding.share = ShareOfBoth(blocks, limits.confidence, limits.grid_seconds);
  // R20: the error of all looks together.
  const double strict = 1 - kFalseFinds / static_cast<double>(limits.looks);
  finding.outcome = OutcomeOf(finding.share, ShareOfBoth(blocks, strict, limits.grid_seconds));
  if (finding.outcome == GilOutcome::kReleasedSlower) finding.share.reset();
  return finding;
}

bool IsDecided(const GilFinding& finding) {
  switch (finding.outcome) {
    case GilOutcome::kNone:
    case GilOutcome::kReleasedSlower:
      return true;
    case GilOutcome::kPart: {
      const Range& range = *finding.share->range;
      return range.high - range.low <= 2 * kPrecise;
    }
    case GilOutcome::kUndecided:
    case GilOutcome::kNoCost:
      return false;
  }
  return false;
}

}  // namespace pyslow::statistics
