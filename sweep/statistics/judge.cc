#include "sweep/statistics/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/levels.h"
#include "sweep/statistics/line.h"
#include "sweep/statistics/load_limit.h"
#include "sweep/statistics/predict.h"
#include "sweep/statistics/ruling.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Estimate;
using model::KappaWithheld;
using model::Level;
using model::NoGain;
using model::Prediction;
using model::Range;
using model::Verdict;
using model::Warning;
using model::Withheld;

namespace {

// The number of delays up to the knee of a threshold; of any other shape, of all delays.
size_t LevelsBeforeKnee(const std::vector<Block>& blocks, const Bend& bend) {
  const Block& block = blocks.front();
  if (bend.kind != Bend::Kind::kThreshold) return block.size();
  return static_cast<size_t>(std::count_if(block.begin(), block.end(), [&](const Observation& o) {
    return DelaySeconds(o) <= bend.knee->value;
  }));
}

// n near the knee, for D* per unit.
double CallsAtKnee(const std::vector<Level>& levels, double knee_seconds) {
  for (size_t l = 1; l < levels.size(); ++l) {
    if (static_cast<double>(levels[l].delay_ns) * 1e-9 < knee_seconds) continue;
    return (*levels[l - 1].calls_per_unit + *levels[l].calls_per_unit) / 2;
  }
  return *levels.back().calls_per_unit;
}

void AddSlack(const Evidence& evidence, CurveFinding& finding) {
  const Bend& bend = evidence.bend;
  finding.slack_seconds_per_call = bend.knee;
  if (!finding.kappa.has_value()) return;
  const double calls = CallsAtKnee(finding.levels, bend.knee->value);
  finding.slack_seconds_per_unit = Times(*bend.knee, calls);
  finding.kappa_after_slack = Times(*bend.slope_after, evidence.calls.processes / calls);
}

std::optional<NoGain> NoGainOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return NoGain::kHidden;
    case Verdict::kThreshold:
      return NoGain::kHiddenBySlack;
    case Verdict::kLoadLimited:
      return NoGain::kLoadLimited;
    case Verdict::kUntested:
      return NoGain::kNeverCalled;
    case Verdict::kLinear:
    case Verdict::kSubLinear:
    case Verdict::kInconclusive:
      return std::nullopt;
  }
  return std::nullopt;
}

// If the slope grows, the slope at the start bounds what faster calls can save.
Fit FromStart(const std::vector<Block>& blocks, const Start& start, double confidence) {
  Fit fit;
  BlockStarts starts = StartsOfGrowth(blocks, start);
  fit.slopes = std::move(starts.slopes);
  fit.intercepts = std::move(starts.intercepts);
  fit.slope = MeanOfBlocks(fit.slopes, confidence);
  fit.intercept = MeanOfBlocks(fit.intercepts).value;
  return fit;
}

void WithholdInterval(Withheld::Kind why, Prediction& prediction) {
  prediction.gain->range.reset();
  prediction.throughput->range.reset();
  prediction.withheld.kind = why;
}

// The blocks' slopes assume one knee, which is uncertain: the interval is widened to all slopes
// that the points allow.
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

void AddPredictions(const std::vector<Block>& blocks, const JudgeOptions& options,
                    const Evidence& evidence, const Fit& delay_fit, CurveFinding& finding) {
  finding.no_gain = NoGainOf(finding.verdict());
  if (finding.no_gain.has_value()) return;
  const std::optional<Start>& start = evidence.bend.start;
  const Fit fit = start.has_value() ? FromStart(blocks, *start, options.confidence) : delay_fit;
  const auto predict = [&](double faster) {
    Prediction prediction = PredictFaster(blocks, fit, faster, options.confidence);
    if (start.has_value()) Widen(*start, evidence.control, faster, prediction);
    return prediction;
  };
  const double calls = finding.calls_per_unit.has_value() ? finding.calls_per_unit->value : 0;
  for (const int64_t faster_ns : options.faster_ns) {
    const double faster = static_cast<double>(faster_ns) * 1e-9;
    finding.predictions.push_back(predict(faster));
    finding.predictions.back().faster_ns = faster_ns;
    LimitToOwnTime(calls * faster, options, finding.predictions.back());
  }
  const std::optional<Estimate>& own = options.own_seconds_per_unit;
  if (!own.has_value() || own->value <= 0 || calls <= 0 || !finding.kappa.has_value()) return;
  for (const double share : options.shares_gone) {
    // Per call, with the saved time spread evenly over the calls.
    Prediction prediction = predict(share * own->value / calls);
    prediction.share_gone = share;
    AllowForOwnTime(*own, prediction);
    finding.predictions.push_back(std::move(prediction));
  }
}

void AddWarnings(const JudgeOptions& options, const Evidence& evidence, CurveFinding& finding) {
  constexpr double kAmplified = 1.1;  // R5
  const auto warn = [&finding](Warning::Kind kind, double ratio = 0, std::string text = "") {
    Warning warning;
    warning.kind = kind;
    warning.ratio = ratio;
    warning.text = std::move(text);
    finding.warnings.push_back(std::move(warning));
  };
  const std::optional<Estimate>& share = evidence.share;
  if (finding.verdict() == Verdict::kLinear && share.has_value() &&
      share->range->low > kAmplified) {
    warn(Warning::Kind::kAmplified, share->value);
  }
  if (evidence.calls.unlike_processes) warn(Warning::Kind::kUnlikeProcesses);
  if (evidence.bend.flattens) warn(Warning::Kind::kFlattens);
  if (finding.verdict() == Verdict::kLoadLimited) {
    const size_t metric = evidence.moved->metric;
    warn(Warning::Kind::kLoadLimited, evidence.moved->change.value,
         metric < options.metric_names.size() ? options.metric_names[metric] : "");
  }
}

Evidence Gather(const std::vector<Block>& blocks, const JudgeOptions& options,
                const CurveFinding& finding, Calls calls) {
  Evidence evidence;
  evidence.blocks = blocks.size();
  evidence.levels = blocks.front().size();
  evidence.control = finding.control.value;
  evidence.largest_delay = DelaySeconds(blocks.front().back());
  evidence.calls = std::move(calls);
  evidence.effect = Effect(blocks, options.confidence);
  evidence.share =
      finding.kappa_per_process.has_value() ? finding.kappa_per_process : finding.kappa;
  evidence.bend = FindBend(blocks, options.confidence);
  evidence.moved = FindMovedMetric(blocks, LevelsBeforeKnee(blocks, evidence.bend));
  return evidence;
}

void AddKappa(const std::vector<Block>& blocks, const Calls& calls, double confidence,
              CurveFinding& finding) {
  finding.kappa_withheld = calls.kappa_withheld;
  if (calls.kappa_withheld.kind != KappaWithheld::Kind::kNothing) return;
  const std::optional<Fit> fit = FitDose(blocks, confidence);
  if (!fit.has_value()) {
    finding.kappa_withheld.kind = KappaWithheld::Kind::kNoDelayedCall;
    return;
  }
  finding.kappa = fit->slope;
  if (calls.processes > 1.01) finding.kappa_per_process = Times(fit->slope, calls.processes);
}

}  // namespace

CurveFinding JudgeCurve(const std::vector<Block>& blocks, const JudgeOptions& options) {
  CurveFinding finding;
  finding.blocks = blocks.size();
  finding.trials = blocks.size() * blocks.front().size();
  finding.levels = LevelsOf(blocks, options.confidence);
  finding.control = finding.levels.front().seconds_per_unit;
  finding.change_at_largest_dose = finding.levels.back().change;
  Calls calls = CallsOf(blocks, options.confidence);
  finding.calls_per_unit = calls.per_unit;
  finding.elastic = calls.elastic;
  const Fit delay_fit = FitDelay(blocks, options.confidence);
  finding.critical_calls = delay_fit.slope;
  AddKappa(blocks, calls, options.confidence, finding);

  const Evidence evidence = Gather(blocks, options, finding, std::move(calls));
  Ruling ruling = Rule(evidence);
  finding.reason = std::move(ruling.reason);
  finding.more_blocks = ruling.more_blocks;
  finding.shape = evidence.bend.shape;
  if (finding.verdict() == Verdict::kThreshold) AddSlack(evidence, finding);
  AddPredictions(blocks, options, evidence, delay_fit, finding);
  AddWarnings(options, evidence, finding);
  return finding;
}

}  // namespace pyslow::statistics
