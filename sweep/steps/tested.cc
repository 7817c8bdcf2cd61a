#include "sweep/steps/tested.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/match.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/ruling.h"
#include "sweep/steps/treated_trials.h"
#include "sweep/steps/trial_warnings.h"

namespace pyslow::steps {
namespace {

using Kind = model::Reason::Kind;

constexpr double kMostOfOwnTime = 0.5;
// With less of the dose inside, more trials decide nothing.
constexpr double kMinInside = 0.5;

// A figure that is a measurement differs between trials, by .1% or more, if it has enough digits.
// Without them, most of the delays must have fallen outside of what it measures.
bool NeverMoves(const std::vector<TreatedTrial>& treated, double inside) {
  constexpr size_t kMinTrials = 4;
  constexpr double kNoise = 0.001;
  if (treated.empty()) return false;
  const model::Trial& first = *treated.front().trial;
  const bool has_digits =
      !first.reading.has_value() || first.reading->step <= kNoise * first.seconds_per_unit;
  if (!has_digits && inside >= kMinInside) return false;
  return treated.size() >= kMinTrials &&
         std::all_of(treated.begin(), treated.end(), [&](const TreatedTrial& one) {
           return one.trial->seconds_per_unit == treated.front().trial->seconds_per_unit;
         });
}

// Time in delays per unit, of all processes and of one if several share the calls.
struct Dose {
  double seconds = 0;
  double of_process = 0;
};

// The mean dose per unit with the largest delay; nullopt if it was not counted.
std::optional<Dose> LargestDose(const std::vector<TreatedTrial>& treated, const Subject& subject) {
  int64_t largest = 0;
  for (const TreatedTrial& one : treated) largest = std::max(largest, one.per_call_ns);
  Dose sum;
  double units = 0;
  for (const TreatedTrial& one : treated) {
    if (one.per_call_ns != largest) continue;
    if (!one.trial->counts.has_value()) return std::nullopt;
    sum.seconds += SpunSecondsOf(*one.trial, subject);
    sum.of_process += SpunSecondsOfProcess(*one.trial, subject);
    units += UnitsOf(*one.trial);
  }
  return Dose{sum.seconds / units, sum.of_process / units};
}

// The share of the dose that fell inside the measured time: the rest made a trial longer, but not
// the figure. 1 if the trials do not show that any fell outside.
struct InsideShare {
  double value = 1;
  // The upper end, if as much of the dose as the figure may show is subtracted from what made a
  // trial longer: that part fell inside.
  double most = 1;
};
InsideShare InsideShareOf(const std::vector<TreatedTrial>& treated, const Subject& subject,
                          const model::CurveFinding& finding) {
  const std::optional<model::Estimate> longer = ShareInWallTime(treated, subject);
  if (!longer.has_value() || longer->range->low <= 0) return {};
  const auto& kappa =
      finding.kappa_per_process.has_value() ? finding.kappa_per_process : finding.kappa;
  const double shown =
      kappa.has_value() && kappa->range.has_value() ? std::max(0.0, kappa->range->high) : 0;
  return {std::clamp(1 - longer->value, 0.0, 1.0),
          std::clamp(1 - longer->range->low + shown, 0.0, 1.0)};
}

// Whether the effect may be a larger part of this dose than that of a hidden subject (R5).
bool MayCount(const model::CurveFinding& finding, double dose) {
  if (!finding.critical_calls.range.has_value()) return false;
  const double effect = finding.critical_calls.range->high *
                        static_cast<double>(finding.levels.back().delay_ns) * 1e-9;
  return effect > statistics::HiddenBand(dose, finding.control.value);
}

// The low end of the subject's own time in a unit of `control_seconds`; 0 if it was not measured.
double LeastOwnSeconds(const Subject& subject, double control_seconds) {
  const model::Estimate own = OwnTimeIn(subject, control_seconds);
  return own.range.has_value() ? std::max(0.0, own.range->low) : own.value;
}

// Whether a process without a session record that is or may be a Python used a processor in the
// mean trial.
bool OtherPythonRan(const std::vector<TreatedTrial>& treated) {
  double sum = 0;
  for (const TreatedTrial& one : treated) {
    for (const auto& [program, processors] : one.trial->unrecorded) {
      if (program.empty() || absl::StartsWith(program, "python")) sum += processors;
    }
  }
  return sum >= kMinUnrecorded * static_cast<double>(treated.size());
}

// Whether Pythons outside of the command used a processor in the mean trial, and more than the
// command did: it may wait for them.
bool OutsidePythonRan(const std::vector<TreatedTrial>& treated) {
  double outside = 0;
  double command = 0;
  for (const TreatedTrial& one : treated) {
    if (!one.trial->processors.has_value()) return false;
    command += *one.trial->processors;
    for (const auto& [program, processors] : one.trial->outside) outside += processors;
  }
  return outside >= kMinUnrecorded * static_cast<double>(treated.size()) && outside > command;
}

// Whether processes of most trials worked on after the command.
bool MostRanOn(const std::vector<TreatedTrial>& treated) {
  const auto count = std::count_if(treated.begin(), treated.end(),
                                   [](const TreatedTrial& one) { return one.trial->ran_on > 0; });
  return 2 * static_cast<size_t>(count) > treated.size();
}

// Own time that a delay at the start of a call does not reach: one or two calls in a trial may all
// begin before the measured time.
std::optional<model::Warning> SeldomOf(const Settings& settings, const Subject& subject) {
  const double own = OwnSecondsOf(subject.own_seconds_per_unit);
  const bool has_window = settings.trials.live || HasWindow(settings);
  if (!IsReported(settings) || has_window || own <= 0) return std::nullopt;
  model::Warning warning;
  warning.kind = model::Warning::Kind::kSeldomCalled;
  warning.text = subject.seldom;
  warning.ratio = OwnSecondsOf(subject.seldom_own_seconds_per_unit) / own;
  return warning;
}

}  // namespace

void WithholdUntested(const Settings& settings, const Subject& subject, const BlockedTrials& trials,
                      const std::vector<CurveArm>& arms, model::CurveFinding* finding) {
  const bool is_hidden = finding->verdict() == model::Verdict::kNone;
  if ((!is_hidden && finding->reason.kind != Kind::kNoiseHides) || finding->levels.empty()) return;
  const auto withhold = [&](Kind kind) {
    model::Reason reason;
    reason.kind = kind;
    model::WithholdVerdict(reason, finding);
  };
  const std::vector<TreatedTrial> treated = TrialsOf(trials, arms);
  InsideShare share;
  if (IsReported(settings) && !settings.trials.live) {
    share = InsideShareOf(treated, subject, *finding);
  }
  // An open verdict stays, unless it is sure that more trials of this kind would not decide.
  if (!is_hidden && share.most >= kMinInside) return;
  const double inside = share.value;
  if (OtherPythonRan(treated) || OutsidePythonRan(treated)) return withhold(Kind::kOtherPython);
  if (MostRanOn(treated)) return withhold(Kind::kWorkRanOn);
  if (IsReported(settings) && NeverMoves(treated, inside)) return withhold(Kind::kFigureNeverMoves);
  if (const auto seldom = SeldomOf(settings, subject)) {
    const double seconds = seldom->ratio * OwnTimeIn(subject, finding->control.value).value;
    if (seconds >= settings.min_gain * finding->control.value) finding->warnings.push_back(*seldom);
    if (seldom->ratio >= kMostOfOwnTime) return withhold(Kind::kOwnTimeElsewhere);
  }
  if (!is_hidden) return withhold(Kind::kDelayOutside);
  const std::optional<Dose> dose = LargestDose(treated, subject);
  if (!dose.has_value()) return;
  if (inside < 1 && MayCount(*finding, inside * dose->of_process))
    return withhold(Kind::kDelayOutside);
  if (inside * dose->seconds >= LeastOwnSeconds(subject, finding->control.value)) return;
  withhold(inside < kMinInside ? Kind::kDelayOutside : Kind::kDoseTooSmall);
}

}  // namespace pyslow::steps
