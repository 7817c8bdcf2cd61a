#include "sweep/statistics/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/line.h"
#include "sweep/statistics/load_limit.h"

namespace pyslow::statistics {
namespace {

// Delays that lie before the knee of a threshold; of any other shape, all.
size_t LevelsBeforeKnee(const std::vector<Block>& blocks, const Bend& bend) {
  const Block& block = blocks.front();
  if (bend.kind != Bend::Kind::kThreshold) return block.size();
  return static_cast<size_t>(std::count_if(block.begin(), block.end(), [&](const Observation& o) {
    return DelaySeconds(o) <= bend.knee->value;
  }));
}

// n about the knee, for D* per unit.
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

// Why faster Python is not expected to help, or "" where that can be asked.
std::string WhyNoGain(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return "no gain expected: hidden";
    case Verdict::kThreshold:
      return "no gain expected: hidden behind other work as it is";
    case Verdict::kLoadLimited:
      return "no gain in throughput expected: the load sets it";
    case Verdict::kUntested:
      return "nothing can be said: never called";
    default:
      return "";
  }
}

// Where slopes grow, the one at the start is the most that going faster can save per second.
Fit FromStart(const std::vector<Block>& blocks, const Start& start, double confidence) {
  Fit fit;
  BlockStarts starts = StartsOfGrowth(blocks, start);
  fit.slopes = std::move(starts.slopes);
  fit.intercepts = std::move(starts.intercepts);
  fit.slope = MeanOfBlocks(fit.slopes, confidence);
  fit.intercept = MeanOfBlocks(fit.intercepts).value;
  return fit;
}

// The blocks' slopes are of one knee, which is not known so well: all slopes that the points allow
// are in the interval.
void Widen(const Start& start, double control, double faster, Prediction& prediction) {
  if (!prediction.gain.has_value() || !prediction.gain->range.has_value()) return;
  if (start.slopes.high * faster >= control) {
    prediction.gain->range.reset();
    prediction.throughput->range.reset();
    prediction.withheld = "interval withheld: it reaches the whole time of a unit";
    return;
  }
  const auto widen = [&](double scale, Range& range) {
    range.low = std::min(range.low, scale / (control - start.slopes.low * faster));
    range.high = std::max(range.high, scale / (control - start.slopes.high * faster));
  };
  widen(control, *prediction.gain->range);
  widen(1, *prediction.throughput->range);
}

// What a prediction cannot exceed: the calls' own time (R11).
void HoldToOwnTime(double saved, const JudgeOptions& options, Prediction& prediction) {
  const std::optional<Estimate>& own = options.own_seconds_per_unit;
  if (!own.has_value() || saved <= (own->range.has_value() ? own->range->high : own->value)) return;
  prediction.throughput.reset();
  prediction.gain.reset();
  prediction.withheld = "it would be more than the calls' own time";
}

// `rate` is 1/time, and that time may be less and more by so much beside what its interval says:
// independent half-widths add in quadrature (JCGM 100:2008, 5.1.2). False: no time would be left.
bool WidenInTime(double less, double more, Estimate& rate) {
  const double time = 1 / rate.value;
  const double least = time - std::hypot(time - 1 / rate.range->high, less);
  if (least <= 0) return false;
  const double most = time + std::hypot(1 / rate.range->low - time, more);
  rate.range = Range{1 / most, 1 / least};
  return true;
}

// What own time saves of T0 is as uncertain, by ratio, as it is itself.
void AllowForOwnTime(const Estimate& own, Prediction& prediction) {
  if (!prediction.gain.has_value() || !prediction.gain->range.has_value()) return;
  const auto withhold = [&](const char* why) {
    prediction.gain->range.reset();
    prediction.throughput->range.reset();
    prediction.withheld = why;
  };
  if (!own.range.has_value()) {
    return withhold("interval withheld: own time was measured in one trial alone");
  }
  const double left = 1 / prediction.gain->value;  // of T0
  const double less = (1 - left) * (own.range->high / own.value - 1);
  const double more = (1 - left) * (1 - std::max(own.range->low, 0.0) / own.value);
  const double control = 1 / (prediction.throughput->value * left);
  if (!WidenInTime(less, more, *prediction.gain) ||
      !WidenInTime(less * control, more * control, *prediction.throughput)) {
    withhold("interval withheld: it reaches the whole time of a unit");
  }
}

void AddPredictions(const std::vector<Block>& blocks, const JudgeOptions& options,
                    const Evidence& evidence, const Fit& delay_fit, CurveFinding& finding) {
  finding.no_gain = WhyNoGain(finding.verdict);
  if (!finding.no_gain.empty()) return;
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
    HoldToOwnTime(calls * faster, options, finding.predictions.back());
  }
  const std::optional<Estimate>& own = options.own_seconds_per_unit;
  if (!own.has_value() || own->value <= 0 || calls <= 0 || !finding.kappa.has_value()) return;
  for (const double share : options.shares_gone) {
    // So much less a call, were the time spread over them alike.
    Prediction prediction = predict(share * own->value / calls);
    prediction.share_gone = share;
    AllowForOwnTime(*own, prediction);
    finding.predictions.push_back(std::move(prediction));
  }
}

void AddWarnings(const JudgeOptions& options, const Evidence& evidence, CurveFinding& finding) {
  const std::optional<Estimate>& share = evidence.share;
  if (finding.verdict == Verdict::kLinear && share.has_value() && share->range->low > 1.1) {
    finding.warnings.push_back(absl::StrFormat(
        "The delays are amplified: each second of them costs %.2f s. A delayed call makes others "
        "wait or miss their turn, so faster calls may save less than this line says.",
        share->value));
  }
  if (evidence.calls.unlike_processes) {
    finding.warnings.push_back(
        "The processes that share the calls make very different numbers of them: the critical "
        "fraction is given for all of them together and not per process.");
  }
  if (evidence.bend.flattens) {
    finding.warnings.push_back(
        "Time grows less and less as the delay grows: the critical fraction is a mean over the "
        "delays, and the first of them cost more than it says.");
  }
  if (finding.verdict == Verdict::kLoadLimited) {
    const size_t metric = evidence.moved->metric;
    finding.warnings.push_back(absl::StrFormat(
        "The throughput is what the load asks for: it stays while %s changes by %+.1f%%. Use a "
        "load that waits for each answer (a closed loop), or one that asks for more.",
        metric < options.metric_names.size() ? options.metric_names[metric] : "a metric",
        evidence.moved->change.value * 100));
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
  if (!calls.kappa_withheld.empty()) return;
  const std::optional<Fit> fit = FitDose(blocks, confidence);
  if (!fit.has_value()) {
    finding.kappa_withheld = "in some trials no call was delayed";
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
  if (!calls.never) AddKappa(blocks, calls, options.confidence, finding);

  const Evidence evidence = Gather(blocks, options, finding, std::move(calls));
  const Ruling ruling = Rule(evidence);
  finding.verdict = ruling.verdict;
  finding.why = ruling.why;
  finding.more_blocks = ruling.more_blocks;
  finding.shape = evidence.bend.shape;
  if (finding.verdict == Verdict::kThreshold) AddSlack(evidence, finding);
  AddPredictions(blocks, options, evidence, delay_fit, finding);
  AddWarnings(options, evidence, finding);
  return finding;
}

}  // namespace pyslow::statistics
