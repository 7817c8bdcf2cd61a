// Findings as plain data, for the tests of this room: figures chosen, not measured.
#ifndef PYSLOW_TESTS_SWEEP_RENDER_RENDER_TESTING_H_
#define PYSLOW_TESTS_SWEEP_RENDER_RENDER_TESTING_H_

#include <string>

#include "sweep/render/findings.h"

namespace pyslow::render {

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline statistics::Estimate Between(double low, double value, double high) {
  return {value, statistics::Range{low, high}};
}

// Eight blocks of three delays: a unit takes 1 ms, and `calls` calls of it are delayed, of which
// those that count put `kappa` of their delay on the clock.
inline statistics::CurveFinding LineFinding(double calls, double kappa) {
  statistics::CurveFinding curve;
  curve.verdict = statistics::Verdict::kLinear;
  curve.why = "every call counts";
  curve.blocks = 8;
  curve.trials = 24;
  curve.control = Between(0.999e-3, 1e-3, 1.001e-3);
  curve.calls_per_unit = Between(calls, calls, calls);
  const double n = calls * kappa;
  curve.critical_calls = Between(0.95 * n, n, 1.05 * n);
  curve.kappa = Between(0.95 * kappa, kappa, 1.05 * kappa);
  curve.shape = {statistics::Shape::Kind::kLine, 1e-3, n, 0, 0, 0};
  for (const int64_t delay_ns : {0, 10'000, 100'000}) {
    statistics::Level level;
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
    statistics::Prediction prediction;
    prediction.faster_ns = faster_ns;
    prediction.throughput = Between(990 * gain, 1000 * gain, 1010 * gain);
    prediction.gain = Between(gain - 0.002, gain, gain + 0.002);
    curve.predictions.push_back(prediction);
  }
  return curve;
}

// Flat up to a delay of 60 us, and one call a unit, all of it critical, from there on.
inline statistics::CurveFinding ThresholdFinding() {
  statistics::CurveFinding curve = LineFinding(10, 0.4);
  curve.verdict = statistics::Verdict::kThreshold;
  curve.why = "hidden up to its slack, then it counts";
  curve.shape = {statistics::Shape::Kind::kHinge, 1e-3, 0, 60e-6, 10, 0};
  for (statistics::Level& level : curve.levels) {
    const double seconds = curve.shape.At(static_cast<double>(level.delay_ns) * 1e-9);
    level.seconds_per_unit = Between(0.99 * seconds, seconds, 1.01 * seconds);
    level.throughput = Between(0.99 / seconds, 1 / seconds, 1.01 / seconds);
  }
  curve.slack_seconds_per_unit = Between(590e-6, 610e-6, 630e-6);
  curve.slack_seconds_per_call = Between(59e-6, 61e-6, 63e-6);
  curve.predictions.clear();
  curve.no_gain = "no gain expected: hidden";
  return curve;
}

inline statistics::CurveFinding NoneFinding() {
  statistics::CurveFinding curve = LineFinding(10, 0);
  curve.verdict = statistics::Verdict::kNone;
  curve.why = "less than a tenth of the delay reached the clock";
  curve.critical_calls = Between(-0.1, 0, 0.1);
  curve.kappa = Between(-0.01, 0, 0.01);
  curve.predictions.clear();
  curve.no_gain = "no gain expected: hidden";
  return curve;
}

inline statistics::CurveFinding UntestedFinding() {
  statistics::CurveFinding curve = NoneFinding();
  curve.verdict = statistics::Verdict::kUntested;
  curve.why = "called before the window alone";
  curve.kappa.reset();
  curve.kappa_withheld = "no call was delayed";
  curve.no_gain = "untested";
  return curve;
}

inline Result ResultNamed(const std::string& name, statistics::CurveFinding curve) {
  Result result;
  result.name = name;
  result.curve = std::move(curve);
  return result;
}

// A sweep through all steps, whose names hold what HTML, JSON and a terminal would obey.
inline Findings WholeSweep() {
  Findings findings;
  findings.unit = "step";
  findings.plain = Timing{Between(0.97e-3, 0.98e-3, 0.99e-3), 8};
  findings.control = Timing{Between(0.999e-3, 1e-3, 1.001e-3), 8};
  findings.global = ResultNamed("all Python functions", LineFinding(2, 1));
  findings.groups = {ResultNamed("model", LineFinding(2, 1)),
                     ResultNamed("<b>&\"名前\"", NoneFinding())};
  findings.functions = {ResultNamed("model:Layer.forward", LineFinding(1, 1)),
                        ResultNamed("model:hide", ThresholdFinding()),
                        ResultNamed("model:<lambda>", NoneFinding()),
                        ResultNamed("model:capture", UntestedFinding())};
  findings.functions.front().own_seconds_per_unit = 20e-6;
  for (Result& function : findings.functions) {
    function.group = "model";
    function.file = "/srv/app/model.py";
    function.first_line = 31;
  }
  findings.counted = {{"model", "Layer.forward", "/srv/app/model.py", 31, 1, 1, false},
                      {"model", "capture", "/srv/app/model.py", 40, 0, 1, true}};
  findings.priorities.push_back({"model:Layer.forward", statistics::Verdict::kLinear,
                                 Between(1.008, 1.01, 1.012), "up to 1% more steps/s",
                                 "curve of its own: 8 blocks, 24 trials"});
  findings.steps = {
      {Step::kCount, "1. Count", "2 functions were called", "global impact"},
      {Step::kGlobal, "2. Global impact", "Python is on the critical path", "the opportunity"},
      {Step::kOpportunity, "3. Opportunity", "faster Python is worth it", "subsystems"},
      {Step::kSubsystems, "4. Subsystems", "model matters most", "its functions"},
      {Step::kFocus, "5. Focus", "model:Layer.forward matters most", ""}};
  findings.warnings = {"3 of 200 trials were disturbed by <other> programs & left out."};
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
