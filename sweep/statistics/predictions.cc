#include "sweep/statistics/predictions.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/predict.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Estimate;
using model::NoGain;
using model::Prediction;
using model::Range;
using model::Reason;
using model::Verdict;
using model::Withheld;

namespace {

std::optional<NoGain> NoGainOf(const Reason& reason) {
  // What may be no effect is not extrapolated.
  if (reason.kind == Reason::Kind::kNoiseHides) return NoGain::kNoVerdict;
  switch (model::VerdictOf(reason.kind)) {
    case Verdict::kNone:
      return NoGain::kHidden;
    case Verdict::kThreshold:
      return NoGain::kHiddenBySlack;
    case Verdict::kLoadLimited:
      return NoGain::kLoadLimited;
    case Verdict::kUntested:
      return reason.kind == Reason::Kind::kNeverCalled ? NoGain::kNeverCalled : NoGain::kNotTested;
    case Verdict::kLinear:
    case Verdict::kSubLinear:
    case Verdict::kInconclusive:
      return std::nullopt;
  }
  return std::nullopt;
}

// If the slope grows, the slope at the start bounds what faster calls can save.
Fit FromStart(const Start& start, double noise, double confidence) {
  Fit fit;
  const double half =
      StudentQuantile((1 + confidence) / 2, start.degrees_of_freedom) * start.standard_error;
  fit.slope = {start.slope, Range{start.slope - half, start.slope + half}};
  fit.standard_error = start.standard_error;
  fit.degrees_of_freedom = start.degrees_of_freedom;
  fit.noise = noise;
  fit.intercept = start.intercept;
  return fit;
}

void WithholdInterval(Withheld::Kind why, Prediction& prediction) {
  prediction.gain->range.reset();
  prediction.throughput->range.reset();
  prediction.withheld.kind = why;
}

// The fit assumes one knee, which is uncertain: the interval is widened to all slopes that the
// points allow.
void Widen(const Start& start, double control, double faster, Prediction& prediction) {
  if (!prediction.gain.has_value() || !prediction.gain->range.has_value()) return;
  if (start.slopes.high * faster >= control) {
    return WithholdInterval(Withheld::Kind::kIntervalReachesUnit, prediction);
  }
  const auto widen = [&](double scale, Range& range) {
    range.low = std::min(range.low, scale / (control - start.slopes.low * faster));
    range.high = std::max(range.high, scale / (control - start.slopes.high * faster));
  };
  widen(control, *prediction.gain->range);
  widen(1, *prediction.throughput->range);
}

// No prediction exceeds the calls' own time (R11).
void LimitToOwnTime(double saved, const JudgeOptions& options, Prediction& prediction) {
  const std::optional<Estimate>& own = options.own_seconds_per_unit;
  if (!own.has_value() || saved <= (own->range.has_value() ? own->range->high : own->value)) return;
  prediction.throughput.reset();
  prediction.gain.reset();
  prediction.withheld.kind = Withheld::Kind::kExceedsOwnTime;
}

// `rate` is 1/time. Adds the further uncertainty of that time, `less` and `more`, to its interval:
// independent half-widths add in quadrature (JCGM 100:2008, 5.1.2). False if no time would be left.
bool WidenInTime(double less, double more, Estimate& rate) {
  const double time = 1 / rate.value;
  const double least = time - std::hypot(time - 1 / rate.range->high, less);
  if (least <= 0) return false;
  const double most = time + std::hypot(1 / rate.range->low - time, more);
  rate.range = Range{1 / most, 1 / least};
  return true;
}

// The saved share of T0 has the relative uncertainty of the own time.
void AllowForOwnTime(const Estimate& own, Prediction& prediction) {
  if (!prediction.gain.has_value() || !prediction.gain->range.has_value()) return;
  if (!own.range.has_value()) {
    return WithholdInterval(Withheld::Kind::kOneOwnTimeTrial, prediction);
  }
  const double left = 1 / prediction.gain->value;  // of T0
  const double less = (1 - left) * (own.range->high / own.value - 1);
  const double more = (1 - left) * (1 - std::max(own.range->low, 0.0) / own.value);
  const double control = 1 / (prediction.throughput->value * left);
  if (!WidenInTime(less, more, *prediction.gain) ||
      !WidenInTime(less * control, more * control, *prediction.throughput)) {
    WithholdInterval(Withheld::Kind::kIntervalReachesUnit, prediction);
  }
}

// A share of the own time is saved, which is at most T0: 1/(1 − share × own/T0) bounds the gain,
// also if delays are amplified.
void BoundByOwnTime(const Estimate& own, double control, Prediction& prediction) {
  if (!prediction.gain.has_value()) return;
  const double longest = own.range.has_value() ? own.range->high : own.value;
  const double left = 1 - prediction.share_gone * std::min(1.0, longest / control);
  if (left <= 0) return;
  const auto bound = [&](double most, Estimate& rate) {
    rate.value = std::min(rate.value, most);
    if (!rate.range.has_value()) return;
    rate.range->high = std::min(rate.range->high, most);
    rate.range->low = std::min(rate.range->low, most);
  };
  bound(1 / left, *prediction.gain);
  bound(1 / left / control, *prediction.throughput);
}

}  // namespace

void AddPredictions(const std::vector<Block>& blocks, const JudgeOptions& options,
                    const Evidence& evidence, const Fits& fits, CurveFinding& finding) {
  finding.no_gain = NoGainOf(finding.reason);
  if (finding.no_gain.has_value()) return;
  const std::optional<Start>& start = evidence.bend.start;
  const double miss = start.has_value() ? 0 : MissOfLine(blocks).value_or(0);
  const auto predict = [&](const Fit& straight, double faster) {
    if (miss != 0) {
      Prediction none;
      none.withheld.kind = Withheld::Kind::kLineMissesControl;
      none.withheld.miss = miss;
      return none;
    }
    if (!start.has_value()) return PredictFaster(blocks, straight, faster);
    Prediction prediction =
        PredictFaster(blocks, FromStart(*start, evidence.bend.noise, options.confidence), faster);
    Widen(*start, evidence.control, faster, prediction);
    return prediction;
  };
  const double calls = finding.calls_per_unit.has_value() ? finding.calls_per_unit->value : 0;
  for (const int64_t faster_ns : options.faster_ns) {
    const double faster = static_cast<double>(faster_ns) * 1e-9;
    finding.predictions.push_back(predict(fits.delay, faster));
    finding.predictions.back().faster_ns = faster_ns;
    LimitToOwnTime(calls * faster, options, finding.predictions.back());
  }
  const std::optional<Estimate>& own = options.own_seconds_per_unit;
  if (!own.has_value() || own->value <= 0 || calls <= 0 || !fits.dose.has_value()) return;
  for (const double share : options.shares_gone) {
    const double saved = share * own->value;  // per unit
    // The slope at the start is per call.
    Prediction prediction =
        start.has_value() ? predict(fits.delay, saved / calls) : predict(*fits.dose, saved);
    prediction.share_gone = share;
    AllowForOwnTime(*own, prediction);
    BoundByOwnTime(*own, evidence.control, prediction);
    finding.predictions.push_back(prediction);
  }
}

}  // namespace pyslow::statistics
