#include "sweep/statistics/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/gpu_use.h"
#include "sweep/statistics/grid.h"
#include "sweep/statistics/levels.h"
#include "sweep/statistics/line.h"
#include "sweep/statistics/load_limit.h"
#include "sweep/statistics/predictions.h"
#include "sweep/statistics/ruling.h"
#include "sweep/statistics/tolerance.h"
#include "sweep/statistics/waiting.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Estimate;
using model::KappaWithheld;
using model::Level;
using model::Range;
using model::Reason;
using model::Verdict;
using model::Warning;

namespace {

// The largest delay up to the knee of a threshold; of any other shape, of all.
int64_t LargestBeforeKnee(const std::vector<Block>& blocks, const Bend& bend) {
  const std::vector<int64_t> delays = DelaysOf(blocks);
  if (bend.kind != Bend::Kind::kThreshold) return delays.back();
  const auto above =
      std::upper_bound(delays.begin(), delays.end(), std::llround(bend.knee->value * 1e9));
  return above == delays.begin() ? delays.front() : *(above - 1);
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
  // A knee that may lie beyond the last delay but one makes the slope after it too small.
  if (!bend.slope_after->range.has_value()) return;
  finding.kappa_after_slack = Times(*bend.slope_after, evidence.calls.processes / calls);
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
  if (evidence.waiting_share > 0 && !evidence.calm_alone) {
    warn(Warning::Kind::kOthersGrow, evidence.waiting_share);
  }
  if (finding.verdict() == Verdict::kLoadLimited) {
    const size_t metric = evidence.moved->metric;
    warn(Warning::Kind::kLoadLimited, evidence.moved->change.value,
         metric < options.metric_names.size() ? options.metric_names[metric] : "");
  }
}

// The bend of the curve; none if rounding alone may explain it.
Bend BendOf(const std::vector<Block>& blocks, const JudgeOptions& options,
            const CurveFinding& finding, const Fit& line) {
  Bend bend = FindBend(blocks, options.confidence);
  if (bend.kind == Bend::Kind::kUntestable ||
      !IsStraightOnGrid(finding.levels, line, GridOf(blocks))) {
    return bend;
  }
  Bend straight;
  straight.kind = Bend::Kind::kStraight;
  straight.shape.intercept = line.intercept;
  straight.shape.slope = line.slope.value;
  straight.noise = bend.noise;
  return straight;
}

// The mean of Observation::stretch at one delay.
double StretchAt(const std::vector<Block>& blocks, int64_t delay_ns) {
  double sum = 0;
  double count = 0;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (o.delay_ns != delay_ns) continue;
      sum += o.stretch;
      ++count;
    }
  }
  return sum / count;
}

Evidence Gather(const std::vector<Block>& blocks, const JudgeOptions& options,
                const CurveFinding& finding, const Fit& delay, const Calls& calls) {
  const std::vector<int64_t> delays = DelaysOf(blocks);
  Evidence evidence;
  evidence.trials = TrialsOf(blocks);
  evidence.blocks = blocks.size();
  evidence.levels = delays.size();
  evidence.control = finding.control.value;
  evidence.largest_delay = static_cast<double>(delays.back()) * 1e-9;
  evidence.calls = calls;
  // n* is per second of the delivered delay (R16).
  evidence.effect = Times(delay.slope, evidence.largest_delay * StretchAt(blocks, delays.back()));
  evidence.share =
      finding.kappa_per_process.has_value() ? finding.kappa_per_process : finding.kappa;
  evidence.bend = BendOf(blocks, options, finding, delay);
  evidence.moved = FindMovedMetric(blocks, LargestBeforeKnee(blocks, evidence.bend));
  evidence.waiting_share = delay.waiting_share;
  evidence.calm_alone = delay.calm_alone;
  evidence.waiting_growth = WaitingGrowth(blocks);
  return evidence;
}

// κ, and the fit that it is of.
std::optional<Fit> AddKappa(const std::vector<Block>& blocks, double confidence, double grid,
                            Calls& calls, CurveFinding& finding) {
  finding.kappa_withheld = calls.kappa_withheld;
  if (calls.kappa_withheld.kind != KappaWithheld::Kind::kNothing) return std::nullopt;
  std::optional<Fit> fit = FitDose(blocks, confidence);
  if (!fit.has_value()) {
    finding.kappa_withheld.kind = KappaWithheld::Kind::kNoDelayedCall;
    return std::nullopt;
  }
  WidenToGrid(grid, finding.levels.back().dose_seconds.value_or(0), confidence, &*fit);
  finding.kappa = fit->slope;
  if (TakeTurns(Times(fit->slope, calls.processes), calls.processes)) calls.processes = 1;
  if (calls.processes > 1.01) finding.kappa_per_process = Times(fit->slope, calls.processes);
  return fit;
}

Reason::Kind ReasonOf(const ArmFinding& arm, Now now, size_t blocks) {
  if (now == Now::kHidden) return Reason::Kind::kShortDelayHidden;
  switch (arm.state) {
    case ArmFinding::State::kHidden:
      return Reason::Kind::kEffectExcluded;
    case ArmFinding::State::kCritical:
      return Reason::Kind::kEveryCallCounts;
    case ArmFinding::State::kPartial:
      return Reason::Kind::kPartCounts;
    case ArmFinding::State::kFound:
      return Reason::Kind::kShareUnknown;
    case ArmFinding::State::kUndecided:
      if (!arm.effect.range.has_value() && blocks < 2) return Reason::Kind::kOneBlock;
      return arm.may_count() ? Reason::Kind::kMayBeChance : Reason::Kind::kNoiseHides;
  }
  return Reason::Kind::kNotMeasured;
}

// The slope effect / `dose`, as the fit of a line would give it.
Fit FitOf(const ArmFinding& arm, double dose, double control) {
  Fit fit;
  fit.slope = Times(arm.effect, 1 / dose);
  fit.standard_error = arm.standard_error / dose;
  fit.degrees_of_freedom = arm.degrees_of_freedom;
  fit.noise = arm.noise;
  fit.intercept = control;
  return fit;
}

// The change of throughput that an effect on T makes.
Estimate ChangeOf(const Estimate& effect, double control) {
  const auto change = [control](double seconds) {
    return control / std::max(control + seconds, 1e-9 * control) - 1;
  };
  Estimate result{change(effect.value), std::nullopt};
  if (effect.range.has_value()) {
    result.range = Range{change(effect.range->high), change(effect.range->low)};
  }
  return result;
}

}  // namespace

CurveFinding JudgeArm(const std::vector<Block>& blocks, const ArmFinding& arm, Now now,
                      const JudgeOptions& options) {
  CurveFinding finding;
  finding.blocks = blocks.size();
  finding.trials = arm.trials;
  const double grid = GridOf(blocks);
  finding.levels = LevelsOf(blocks, options.confidence);
  WidenLevels(grid, finding);
  finding.control = finding.levels.front().seconds_per_unit;
  Calls calls = CallsOf(blocks, options.confidence);
  calls.processes = arm.processes;
  finding.calls_per_unit = calls.per_unit;
  finding.elastic = calls.elastic;
  finding.kappa_withheld = calls.kappa_withheld;
  const double control = finding.control.value;
  const int64_t delay_ns = finding.levels.back().delay_ns;
  const double delay = static_cast<double>(delay_ns) * 1e-9 * StretchAt(blocks, delay_ns);
  Fits fits;
  fits.delay = FitOf(arm, delay, control);
  finding.critical_calls = fits.delay.slope;
  finding.change_at_largest_dose = ChangeOf(arm.effect, control);
  finding.levels.back().change = finding.change_at_largest_dose;
  if (calls.kappa_withheld.kind == KappaWithheld::Kind::kNothing) {
    fits.dose = FitOf(arm, arm.dose_seconds * calls.processes, control);
    finding.kappa = fits.dose->slope;
    if (calls.processes > 1.01) finding.kappa_per_process = arm.kappa;
  }
  Evidence evidence;
  finding.reason.kind = ReasonOf(arm, now, finding.blocks);
  if (finding.reason.kind == Reason::Kind::kEffectExcluded) {
    evidence.moved = FindMovedMetric(blocks, delay_ns, options.subjects);
    if (evidence.moved.has_value()) finding.reason.kind = Reason::Kind::kLatencyMovesAlone;
  }
  AllowForRounding(arm.is_coarse, grid, finding);
  finding.reason.is_one_dose = now == Now::kUnknown &&
                               finding.verdict() != Verdict::kInconclusive &&
                               finding.verdict() != Verdict::kUntested;
  if (now == Now::kHidden) {
    const int64_t small_ns = finding.levels[finding.levels.size() - 2].delay_ns;
    finding.least_slack_seconds_per_call = static_cast<double>(small_ns) * 1e-9 / 2;  // R22
  }
  finding.shape.intercept = control;
  finding.shape.slope = fits.delay.slope.value;
  evidence.control = control;
  evidence.calls = calls;
  evidence.share =
      finding.kappa_per_process.has_value() ? finding.kappa_per_process : finding.kappa;
  AddPredictions(blocks, options, evidence, fits, finding);
  AddTolerance(Bend(), finding);
  AddWarnings(options, evidence, finding);
  AddGpu(blocks, options.confidence, finding);
  return finding;
}

CurveFinding JudgeCurve(const std::vector<Block>& blocks, const JudgeOptions& options) {
  CurveFinding finding;
  finding.blocks = blocks.size();
  finding.trials = TrialsOf(blocks);
  const double grid = GridOf(blocks);
  finding.levels = LevelsOf(blocks, options.confidence);
  WidenLevels(grid, finding);
  finding.control = finding.levels.front().seconds_per_unit;
  finding.change_at_largest_dose = finding.levels.back().change;
  Calls calls = CallsOf(blocks, options.confidence);
  finding.calls_per_unit = calls.per_unit;
  finding.elastic = calls.elastic;
  Fits fits;
  fits.delay = FitDelay(blocks, options.confidence);
  const bool is_coarse =
      WidenToGrid(grid, static_cast<double>(finding.levels.back().delay_ns) * 1e-9,
                  options.confidence, &fits.delay);
  finding.critical_calls = fits.delay.slope;
  fits.dose = AddKappa(blocks, options.confidence, grid, calls, finding);

  const Evidence evidence = Gather(blocks, options, finding, fits.delay, calls);
  const Ruling ruling = Rule(evidence);
  finding.reason = ruling.reason;
  finding.more_blocks = ruling.more_blocks;
  finding.shape = evidence.bend.shape;
  AllowForRounding(is_coarse, grid, finding);
  if (finding.verdict() == Verdict::kThreshold) AddSlack(evidence, finding);
  AddPredictions(blocks, options, evidence, fits, finding);
  AddTolerance(evidence.bend, finding);
  AddWarnings(options, evidence, finding);
  AddGpu(blocks, options.confidence, finding);
  return finding;
}

}  // namespace pyslow::statistics
