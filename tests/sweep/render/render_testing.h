// Example findings for the tests of this room.
#ifndef PYSLOW_TESTS_SWEEP_RENDER_RENDER_TESTING_H_
#define PYSLOW_TESTS_SWEEP_RENDER_RENDER_TESTING_H_

#include <string>

#include "sweep/model/findings.h"

namespace pyslow::render {

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline model::Estimate Between(double low, double value, double high) {
  return {value, model::Range{low, high}};
}

// Eight blocks of three delays: a unit takes 1 ms, `calls` of its calls are delayed, and κ is
// `kappa`.
inline model::CurveFinding LineFinding(double calls, double kappa) {
  model::CurveFinding curve;
  curve.reason.kind = model::Reason::Kind::kEveryCallCounts;
  curve.blocks = 8;
  curve.trials = 24;
  curve.control = Between(0.999e-3, 1e-3, 1.001e-3);
  curve.calls_per_unit = Between(calls, calls, calls);
  const double n = calls * kappa;
  curve.critical_calls = Between(0.95 * n, n, 1.05 * n);
  curve.kappa = Between(0.95 * kappa, kappa, 1.05 * kappa);
  curve.kappa_withheld.kind = model::KappaWithheld::Kind::kNothing;
  curve.shape = {model::Shape::Kind::kLine, 1e-3, n, 0, 0, 0};
  for (const int64_t delay_ns : {0, 10'000, 100'000}) {
    model::Level level;
    level.delay_ns = delay_ns;
    const double seconds = 1e-3 + n * static_cast<double>(delay_ns) * 1e-9;
    level.seconds_per_unit = Between(0.99 * seconds, seconds, 1.01 * seconds);
    level.throughput = Between(0.99 / seconds, 1 / seconds, 1.01 / seconds);
    const double change = 1e-3 / seconds - 1;
    if (delay_ns > 0) level.change = Between(change - 0.005, change, change + 0.005);
    level.calls_per_unit = calls;
    level.dose_seconds = calls * static_cast<double>(delay_ns) * 1e-9;
    level.trials = 8;
    curve.levels.push_back(level);
  }
  curve.change_at_largest_dose = curve.levels.back().change;
  for (const int64_t faster_ns : {1'000, 10'000}) {
    const double gain = 1 / (1 - n * static_cast<double>(faster_ns) * 1e-6);
    model::Prediction prediction;
    prediction.faster_ns = faster_ns;
    prediction.throughput = Between(990 * gain, 1000 * gain, 1010 * gain);
    prediction.gain = Between(gain - 0.002, gain, gain + 0.002);
    curve.predictions.push_back(prediction);
  }
  return curve;
}

// Constant up to a delay of 60 us, then with 10 critical calls per unit.
inline model::CurveFinding ThresholdFinding() {
  model::CurveFinding curve = LineFinding(10, 0.4);
  curve.reason.kind = model::Reason::Kind::kSlack;
  curve.shape = {model::Shape::Kind::kHinge, 1e-3, 0, 60e-6, 10, 0};
  for (model::Level& level : curve.levels) {
    const double seconds = curve.shape.At(static_cast<double>(level.delay_ns) * 1e-9);
    level.seconds_per_unit = Between(0.99 * seconds, seconds, 1.01 * seconds);
    level.throughput = Between(0.99 / seconds, 1 / seconds, 1.01 / seconds);
  }
  curve.slack_seconds_per_unit = Between(590e-6, 610e-6, 630e-6);
  curve.slack_seconds_per_call = Between(59e-6, 61e-6, 63e-6);
  curve.predictions.clear();
  curve.no_gain = model::NoGain::kHiddenBySlack;
  return curve;
}

inline model::CurveFinding NoneFinding() {
  model::CurveFinding curve = LineFinding(10, 0);
  curve.reason.kind = model::Reason::Kind::kEffectExcluded;
  curve.critical_calls = Between(-0.1, 0, 0.1);
  curve.kappa = Between(-0.01, 0, 0.01);
  curve.predictions.clear();
  curve.no_gain = model::NoGain::kHidden;
  return curve;
}

inline model::CurveFinding UntestedFinding() {
  model::CurveFinding curve = NoneFinding();
  curve.reason.kind = model::Reason::Kind::kNeverCalled;
  curve.kappa.reset();
  curve.kappa_withheld.kind = model::KappaWithheld::Kind::kNeverCalled;
  curve.no_gain = model::NoGain::kNeverCalled;
  return curve;
}

inline model::Result ResultNamed(const std::string& name, model::CurveFinding curve) {
  model::Result result;
  result.name = name;
  result.curve = std::move(curve);
  return result;
}

inline model::Warning WarningOf(model::Warning::Kind kind) {
  model::Warning warning;
  warning.kind = kind;
  return warning;
}

// A sweep through all steps, whose names hold characters that HTML, JSON and terminals interpret.
inline model::Findings WholeSweep() {
  using model::Step;
  using model::StepSummary;
  model::Findings findings;
  findings.unit = "step";
  findings.plain = model::Timing{Between(0.97e-3, 0.98e-3, 0.99e-3), 8};
  findings.control = model::Timing{Between(0.999e-3, 1e-3, 1.001e-3), 8};
  findings.global = ResultNamed("", LineFinding(2, 1));
  findings.global->kind = model::SubjectKind::kAllPython;
  findings.groups = {ResultNamed("model", LineFinding(2, 1)),
                     ResultNamed("<b>&\"名前\"", NoneFinding())};
  findings.functions = {ResultNamed("model:Layer.forward", LineFinding(1, 1)),
                        ResultNamed("model:hide", ThresholdFinding()),
                        ResultNamed("model:<lambda>", NoneFinding()),
                        ResultNamed("model:capture", UntestedFinding())};
  findings.functions.front().own_seconds_per_unit = 20e-6;
  for (model::Result& function : findings.functions) {
    function.kind = model::SubjectKind::kFunction;
    function.group = "model";
    function.function = FunctionId{"model", function.name.substr(6), "/srv/app/model.py", 31};
  }
  findings.counted = {{{"model", "Layer.forward", "/srv/app/model.py", 31}, 1, 1, false, {}, 0.5},
                      {{"model", "capture", "/srv/app/model.py", 40}, 0, 1, true, {}, {}}};
  findings.priorities = {model::PriorityOf(findings.functions.front())};
  StepSummary count;
  count.next = StepSummary::Next::kImpact;
  count.functions = 2;
  count.packages = 1;
  count.calls_per_unit = 1;
  count.seconds_per_unit = 1e-3;
  findings.steps = {
      count,
      {Step::kGlobal, StepSummary::Outcome::kJudged, StepSummary::Next::kOpportunity},
      {Step::kOpportunity, StepSummary::Outcome::kJudged, StepSummary::Next::kSubsystems},
      {Step::kSubsystems, StepSummary::Outcome::kRanked, StepSummary::Next::kFunctions, {"model"}},
      {Step::kFocus, StepSummary::Outcome::kRanked, StepSummary::Next::kLastStep}};
  findings.warnings = {WarningOf(model::Warning::Kind::kDisturbedTrials)};
  findings.warnings.back().count = 3;
  findings.warnings.back().total = 200;
  findings.warnings.push_back(WarningOf(model::Warning::Kind::kProcessNote));
  findings.warnings.back().text = "a <tool> id & its callbacks were lost";
  findings.settings = {{"command", "app.py --batch 8"}, {"seed", "7"}};
  findings.machine = {{"host", "box"}, {"processor", "Some CPU @ 2 GHz"}};
  findings.commands = {"pyslow-sweep --seed 7 -- app.py --batch 8"};
  findings.started = "2026-01-02T03:04:05Z";
  findings.seconds = 61.5;
  findings.trials = 200;
  findings.disturbed = 3;
  return findings;
}

}  // namespace pyslow::render

#endif  // PYSLOW_TESTS_SWEEP_RENDER_RENDER_TESTING_H_
