#include "sweep/statistics/tolerance.h"

#include <algorithm>
#include <optional>

namespace pyslow::statistics {
namespace {

using model::CurveFinding;
using model::Estimate;
using model::Range;
using model::Verdict;

constexpr double kLoss = 0.01;  // of throughput

// By how much T grows if the throughput falls by kLoss.
Estimate SecondsOf(const CurveFinding& finding) {
  Estimate seconds = Times(finding.control, kLoss / (1 - kLoss));
  if (!seconds.range.has_value()) seconds.range = Range{seconds.value, seconds.value};
  return seconds;
}

double LargestDelay(const CurveFinding& finding) {
  return static_cast<double>(finding.levels.back().delay_ns) * 1e-9;
}

// The delay at which a line through the control has grown by `seconds`. Both errors at their worst:
// they are correlated. nullopt unless the slope is surely above 0.
std::optional<Estimate> DelayOn(const Estimate& slope, const Estimate& seconds) {
  if (!slope.range.has_value() || slope.range->low <= 0) return std::nullopt;
  return Estimate{seconds.value / slope.value, Range{seconds.range->low / slope.range->high,
                                                     seconds.range->high / slope.range->low}};
}

std::optional<Estimate> DelayAfterKnee(const Bend& bend, const Estimate& seconds) {
  if (!bend.knee.has_value() || !bend.knee->range.has_value() || !bend.slope_after.has_value()) {
    return std::nullopt;
  }
  std::optional<Estimate> after = DelayOn(*bend.slope_after, seconds);
  if (!after.has_value()) return std::nullopt;
  after->value += bend.knee->value;
  after->range->low += bend.knee->range->low;
  after->range->high += bend.knee->range->high;
  return after;
}

void SetIfTried(const std::optional<Estimate>& delay, CurveFinding& finding) {
  if (delay.has_value() && delay->value <= LargestDelay(finding)) {
    finding.one_percent_delay_seconds = delay;
  }
}

// A hidden subject: the delay below which it costs less than kLoss by the upper end of its slope.
void SetHarmless(CurveFinding& finding) {
  if (!finding.critical_calls.range.has_value()) return;
  const double high = finding.critical_calls.range->high;
  const double largest = LargestDelay(finding);
  const double seconds = SecondsOf(finding).range->low;
  finding.harmless_delay_seconds = high * largest <= seconds ? largest : seconds / high;
}

}  // namespace

void AddTolerance(const Bend& bend, CurveFinding& finding) {
  if (finding.levels.size() < 2) return;
  const Estimate seconds = SecondsOf(finding);
  switch (finding.verdict()) {
    case Verdict::kNone:
      SetHarmless(finding);
      return;
    case Verdict::kThreshold:
      SetIfTried(DelayAfterKnee(bend, seconds), finding);
      return;
    case Verdict::kSubLinear:
      // A curve that grows more and more has no slope that holds for the shortest delays, and the
      // shape of one dose is not known.
      if (bend.kind != Bend::Kind::kStraight) return;
      [[fallthrough]];
    case Verdict::kLinear:
      SetIfTried(DelayOn(finding.critical_calls, seconds), finding);
      return;
    case Verdict::kLoadLimited:
    case Verdict::kInconclusive:
    case Verdict::kUntested:
      return;
  }
}

}  // namespace pyslow::statistics
