#include "sweep/statistics/verdict.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "sweep/statistics/design.h"

namespace pyslow::statistics {
namespace {

constexpr double kLinearLow = 0.75;
constexpr double kLinearHigh = 0.9;
constexpr size_t kMostWanted = 10'000;          // blocks: more than anybody would run
constexpr double kBlocksToTellGrowth = 10'000;  // R1: times (noise/dose)²

bool IsInside(const Range& range, double band) { return range.low > -band && range.high < band; }

// Blocks that would narrow an interval to `distance` on each side, with a margin for luck; 0:
// never.
double BlocksFor(const Estimate& estimate, size_t blocks, double distance) {
  constexpr double kMargin = 1.25;
  const double half = (estimate.range->high - estimate.range->low) / 2;
  if (distance <= 0) return 0;
  return kMargin * static_cast<double>(blocks) * (half / distance) * (half / distance);
}

size_t MoreBlocks(double wanted, size_t blocks) {
  if (!(wanted > 0) || wanted > static_cast<double>(kMostWanted)) return 0;
  const double least = std::max(wanted, static_cast<double>(std::max(blocks + 1, kFewestBlocks)));
  return static_cast<size_t>(std::ceil(least)) - blocks;
}

// Half the width of the band about 0 in which E is none: a tenth of the largest dose, but no less
// than 1% of T0. Where the dose does not say what the delays could have cost (the calls are
// elastic, or not known) it is 5% of T0 at most, or that 1%.
double NoneBand(const Evidence& e) {
  constexpr double kOfControl = 0.01;
  constexpr double kOfControlAtMost = 0.05;
  constexpr double kOfDose = 0.1;
  const double least = kOfControl * e.control;
  if (!e.calls.at_largest_delay.has_value()) return least;
  // Of what one process would put on the clock, where several share the calls.
  double band = kOfDose * *e.calls.at_largest_delay * e.largest_delay / e.calls.processes;
  if (e.calls.elastic) band = std::min(band, kOfControlAtMost * e.control);
  return std::max(least, band);
}

// The nearest verdict that the estimates would allow, were they the truth.
size_t MoreForShare(const Evidence& e) {
  double fewest = 0;
  const auto take = [&fewest](double blocks) {
    if (blocks > 0) fewest = fewest > 0 ? std::min(fewest, blocks) : blocks;
  };
  take(BlocksFor(e.effect, e.blocks, NoneBand(e) - std::abs(e.effect.value)));
  if (e.share.has_value()) {
    // Linear wants the whole interval above .75, sub-linear between 0 and .9.
    const double value = e.share->value;
    if (value >= kLinearHigh) take(BlocksFor(*e.share, e.blocks, value - kLinearLow));
    take(BlocksFor(*e.share, e.blocks, std::min(value, kLinearHigh - value)));
  } else {
    take(BlocksFor(e.effect, e.blocks, e.effect.value - NoneBand(e)));
  }
  return MoreBlocks(fewest, e.blocks);
}

Ruling Unclear(const Evidence& e) {
  const double dose = e.bend.shape.At(e.largest_delay) - e.bend.shape.At(0);
  const double ratio = dose > 0 ? e.bend.noise / dose : 0;
  double wanted = kBlocksToTellGrowth * ratio * ratio;
  if (wanted <= static_cast<double>(e.blocks)) wanted = 2.0 * static_cast<double>(e.blocks);
  return {Verdict::kInconclusive,
          "it costs more and more as the delay grows, and whether it is free at first is not clear",
          MoreBlocks(wanted, e.blocks)};
}

Ruling Bent(const Evidence& e) {
  if (e.bend.kind == Bend::Kind::kUnclear) return Unclear(e);
  if (e.bend.kind == Bend::Kind::kGrowing) {
    return {Verdict::kSubLinear, "growing: each delay costs more than the one before", 0};
  }
  if (e.moved.has_value()) {
    return {Verdict::kLoadLimited,
            "latency moves before throughput does: the load, not the code, sets the throughput", 0};
  }
  return {Verdict::kThreshold, "hidden up to its slack, then it counts", 0};
}

Ruling Hidden(const Evidence& e) {
  if (e.moved.has_value()) {
    return {Verdict::kLoadLimited,
            "latency moves and throughput does not: the load, not the code, sets the throughput",
            0};
  }
  return {Verdict::kNone, "less than a tenth of the delay reached the clock", 0};
}

// Straight, with κ known.
Ruling ByShare(const Evidence& e) {
  const Range& range = *e.share->range;
  if (range.low > kLinearLow && range.high >= kLinearHigh) {
    return {Verdict::kLinear, "every call counts", 0};
  }
  if (range.low > 0 && range.high < kLinearHigh) {
    return {Verdict::kSubLinear, "part of the delay counts", 0};
  }
  const char* why = range.low > 0
                        ? "on the critical path, and how much of it is not known well enough"
                        : "the noise hides whether the delay reaches the clock";
  return {Verdict::kInconclusive, why, MoreForShare(e)};
}

// Straight, without κ: whether it is critical is all that can be said.
Ruling WithoutShare(const Evidence& e) {
  if (e.effect.range->low > NoneBand(e)) {
    return {Verdict::kLinear, "time grows in a straight line with the delay", 0};
  }
  const char* why = e.effect.range->low > 0
                        ? "on the critical path, and how much of it is not known well enough"
                        : "the noise hides whether the delay reaches the clock";
  return {Verdict::kInconclusive, why, MoreForShare(e)};
}

}  // namespace

const char* NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLinear:
      return "linear";
    case Verdict::kSubLinear:
      return "sub-linear";
    case Verdict::kThreshold:
      return "threshold";
    case Verdict::kNone:
      return "none";
    case Verdict::kLoadLimited:
      return "load-limited";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kUntested:
      return "untested";
  }
  return "inconclusive";
}

Ruling Rule(const Evidence& e) {
  if (e.calls.never) return {Verdict::kUntested, "never called in the window", 0};
  if (!e.effect.range.has_value()) {
    return {Verdict::kInconclusive, "one block has no interval",
            std::max(kFewestBlocks, e.blocks + 1) - e.blocks};
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
  if (e.levels < 3 && ruling.verdict != Verdict::kInconclusive) {
    ruling.why += "; one dose cannot tell the shape";
  }
  return ruling;
}

}  // namespace pyslow::statistics
