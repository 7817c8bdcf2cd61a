#include "sweep/statistics/ruling.h"

#include <algorithm>
#include <cmath>

namespace pyslow::statistics {

using model::Estimate;
using model::Range;
using model::Reason;

namespace {

// Limits of κ for linear and sub-linear, R5.
constexpr double kLinearLow = 0.75;
constexpr double kLinearHigh = 0.9;
constexpr size_t kMaxMoreBlocks = 10'000;       // a larger number is not reported
constexpr double kBlocksToShowGrowth = 10'000;  // times (noise/dose)²

bool IsInside(const Range& range, double band) { return range.low > -band && range.high < band; }

// Blocks that would narrow an interval to `distance` on each side, with a margin for bad luck: the
// width falls with 1/√B. 0: no number would.
double BlocksFor(const Estimate& estimate, size_t blocks, double distance) {
  constexpr double kMargin = 1.25;
  const double half = (estimate.range->high - estimate.range->low) / 2;
  if (distance <= 0) return 0;
  return kMargin * static_cast<double>(blocks) * (half / distance) * (half / distance);
}

size_t MoreBlocks(double needed, size_t blocks) {
  if (!(needed > 0) || needed > static_cast<double>(kMaxMoreBlocks)) return 0;
  const double total = std::max(needed, static_cast<double>(blocks + 1));
  return static_cast<size_t>(std::ceil(total)) - blocks;
}

// Half the width of the band around 0 in which E counts as none (R5): a tenth of the largest dose,
// but at least 1% of T0. If the dose does not bound the cost of the delays, it is at most 5% of
// T0 (elastic calls) or that 1% (unknown calls).
double NoneBand(const Evidence& e) {
  constexpr double kMaxOfControl = 0.05;
  const double dose = e.calls.largest_dose_seconds.value_or(0) / e.calls.processes;
  const double band = HiddenBand(dose, e.control);
  return e.calls.elastic ? std::min(band, kMaxOfControl * e.control) : band;
}

// Further blocks up to the nearest verdict that the estimates would allow if they were the truth.
size_t MoreForShare(const Evidence& e) {
  double fewest = 0;
  const auto consider = [&fewest](double blocks) {
    if (blocks > 0) fewest = fewest > 0 ? std::min(fewest, blocks) : blocks;
  };
  consider(BlocksFor(e.effect, e.blocks, NoneBand(e) - std::abs(e.effect.value)));
  if (e.share.has_value()) {
    // Linear needs the whole interval above .75, sub-linear between 0 and .9.
    const double value = e.share->value;
    if (value >= kLinearHigh) consider(BlocksFor(*e.share, e.blocks, value - kLinearLow));
    consider(BlocksFor(*e.share, e.blocks, std::min(value, kLinearHigh - value)));
  } else {
    consider(BlocksFor(e.effect, e.blocks, e.effect.value - NoneBand(e)));
  }
  return MoreBlocks(fewest, e.blocks);
}

Ruling RulingOf(Reason::Kind kind, size_t more_blocks = 0) {
  Ruling ruling;
  ruling.reason.kind = kind;
  ruling.more_blocks = more_blocks;
  return ruling;
}

Ruling Unclear(const Evidence& e) {
  const double dose = e.bend.shape.At(e.largest_delay) - e.bend.shape.At(0);
  const double ratio = dose > 0 ? e.bend.noise / dose : 0;
  double needed = kBlocksToShowGrowth * ratio * ratio;
  if (needed <= static_cast<double>(e.blocks)) needed = 2.0 * static_cast<double>(e.blocks);
  return RulingOf(Reason::Kind::kFlatStartUnclear, MoreBlocks(needed, e.blocks));
}

Ruling Bent(const Evidence& e) {
  if (e.bend.kind == Bend::Kind::kUnclear) return Unclear(e);
  if (e.bend.kind == Bend::Kind::kGrowing) return RulingOf(Reason::Kind::kGrowing);
  return RulingOf(e.moved.has_value() ? Reason::Kind::kLatencyMovesFirst : Reason::Kind::kSlack);
}

Ruling Hidden(const Evidence& e) {
  return RulingOf(e.moved.has_value() ? Reason::Kind::kLatencyMovesAlone
                                      : Reason::Kind::kEffectExcluded);
}

Ruling Undecided(const Evidence& e, bool shows_effect) {
  return RulingOf(shows_effect ? Reason::Kind::kShareUnknown : Reason::Kind::kNoiseHides,
                  MoreForShare(e));
}

// A straight curve with κ. If it may also be flat at first, κ over all delays is not yet the answer
// (R18).
Ruling ByShare(const Evidence& e) {
  if (!e.share->range.has_value()) return Undecided(e, false);
  const Range& range = *e.share->range;
  if (e.bend.may_have_slack && range.low > 0) {
    return RulingOf(Reason::Kind::kSlackPossible,
                    MoreBlocks(2.0 * static_cast<double>(e.blocks), e.blocks));
  }
  if (range.low > kLinearLow && range.high >= kLinearHigh) {
    return RulingOf(Reason::Kind::kEveryCallCounts);
  }
  if (range.low > 0 && range.high < kLinearHigh) return RulingOf(Reason::Kind::kPartCounts);
  return Undecided(e, range.low > 0);
}

// A straight curve without κ: it shows only whether the calls are critical.
Ruling WithoutShare(const Evidence& e) {
  if (e.effect.range->low > NoneBand(e)) return RulingOf(Reason::Kind::kStraightLine);
  return Undecided(e, e.effect.range->low > 0);
}

// R16. Whether a verdict depends on the shape of a curve to which waiting for other work adds, or
// from which too much waiting may have been subtracted.
bool IsShapeUnknown(const Evidence& e, Reason::Kind kind) {
  constexpr double kMaxGrowth = 0.1;
  if (e.waiting_growth <= kMaxGrowth) return false;
  return kind == Reason::Kind::kPartCounts || kind == Reason::Kind::kGrowing ||
         kind == Reason::Kind::kSlack || kind == Reason::Kind::kLatencyMovesFirst;
}

}  // namespace

double HiddenBand(double dose_seconds, double control_seconds) {
  constexpr double kOfDose = 0.1;
  constexpr double kOfControl = 0.01;
  return std::max(kOfDose * dose_seconds, kOfControl * control_seconds);
}

Ruling Rule(const Evidence& e) {
  if (e.calls.never) return RulingOf(Reason::Kind::kNeverCalled);
  if (!e.effect.range.has_value()) {
    return RulingOf(Reason::Kind::kOneBlock, 1);
  }
  const bool bent = e.bend.kind == Bend::Kind::kUnclear || e.bend.kind == Bend::Kind::kGrowing ||
                    e.bend.kind == Bend::Kind::kThreshold;
  Ruling ruling;
  if (bent) {
    ruling = Bent(e);
  } else if (IsInside(*e.effect.range, NoneBand(e))) {
    ruling = Hidden(e);
  } else {
    ruling = e.share.has_value() ? ByShare(e) : WithoutShare(e);
  }
  if (IsShapeUnknown(e, ruling.reason.kind)) ruling = RulingOf(Reason::Kind::kSlackPossible);
  ruling.reason.is_one_dose =
      e.levels < 3 && model::VerdictOf(ruling.reason.kind) != model::Verdict::kInconclusive;
  return ruling;
}

}  // namespace pyslow::statistics
