#include "sweep/steps/figure_check.h"

#include <algorithm>
#include <optional>

#include "sweep/steps/treated_trials.h"

namespace pyslow::steps {
namespace {

using WarningKind = model::Warning::Kind;

// The figure may leave out this much of what the delays do to the trial.
constexpr double kMaxOutsideOfFigure = 0.5;
// If κ is not known, the figure may be of a small part of the trial: the trial then grows by less
// than a quarter of the delays, and by a tenth of what the figure says.
constexpr double kMaxShareOfDelays = 0.25;
constexpr double kMinPartOfTrial = 0.1;
// The time of all units over that of the window, or of the trial, by the figure.
constexpr double kFewOfWindow = 0.5;
constexpr double kFewOfTrial = 0.05;
constexpr double kMoreThanTrial = 1.25;

// Means over the trials of one delay.
struct DelayMeans {
  double seconds_per_unit = 0;
  double units = 0;  // or calls of the subject, if the units are not counted
  double wall_seconds = 0;
  double window_seconds = 0;
  double delay_seconds = 0;  // in one process
  double unit_seconds = 0;   // units × T, if the units are counted
  bool has_units = true;
};

double CallsOf(const model::Trial& trial, const Subject& subject) {
  double calls = 0;
  for (const uint32_t group : subject.groups) {
    if (group < trial.counts->size()) calls += static_cast<double>((*trial.counts)[group].calls);
  }
  return calls;
}

// nullopt if the calls of a trial were not counted, or there is none.
std::optional<DelayMeans> MeansAt(const std::vector<TreatedTrial>& treated, int64_t per_call_ns,
                                  const Subject& subject) {
  DelayMeans sum;
  double trials = 0;
  double units = 0;
  double calls = 0;
  for (const TreatedTrial& one : treated) {
    if (one.per_call_ns != per_call_ns) continue;
    const model::Trial& trial = *one.trial;
    if (!trial.counts.has_value()) return std::nullopt;
    ++trials;
    sum.seconds_per_unit += trial.seconds_per_unit;
    sum.wall_seconds += trial.wall_seconds;
    sum.window_seconds += trial.window_seconds;
    sum.delay_seconds += SpunSecondsOfProcess(trial, subject);
    calls += CallsOf(trial, subject);
    sum.has_units = sum.has_units && trial.units.has_value();
    units += trial.units.value_or(0);
    sum.unit_seconds += trial.units.value_or(0) * trial.seconds_per_unit;
  }
  if (trials == 0) return std::nullopt;
  sum.units = (sum.has_units ? units : calls) / trials;
  for (double* const field : {&sum.seconds_per_unit, &sum.wall_seconds, &sum.window_seconds,
                              &sum.delay_seconds, &sum.unit_seconds}) {
    *field /= trials;
  }
  return sum;
}

// A trial of fixed length has fewer units as they take longer.
bool HasFixedLength(const DelayMeans& control, const DelayMeans& delayed) {
  constexpr double kHalfOfIt = 0.5;
  const double fewer = 1 - delayed.units / control.units;
  return fewer > kHalfOfIt * (1 - control.seconds_per_unit / delayed.seconds_per_unit);
}

// The figure grows with the delays, and the trials that it is of do not.
bool IsUnwaited(const model::CurveFinding& finding, const DelayMeans& control,
                const DelayMeans& delayed, const model::Estimate& in_wall) {
  const auto& effect = finding.critical_calls.range;
  if (!effect.has_value() || effect->low <= 0 || control.units <= 0) return false;
  if (HasFixedLength(control, delayed)) return false;
  const double share = in_wall.range->high;
  const auto& kappa =
      finding.kappa_per_process.has_value() ? finding.kappa_per_process : finding.kappa;
  if (kappa.has_value()) {
    return kappa->range.has_value() && share < kMaxOutsideOfFigure * kappa->range->low;
  }
  const double figure_grows = effect->low * static_cast<double>(finding.levels.back().delay_ns) *
                              1e-9 / control.seconds_per_unit;
  const double trial_grows = share * delayed.delay_seconds / control.wall_seconds;
  return share < kMaxShareOfDelays && trial_grows < kMinPartOfTrial * figure_grows;
}

// The time that the figure can be of in a control trial. If the units are not counted, each has at
// least its n* critical calls. nullopt: n* is not above 0.
std::optional<double> MostMeasuredSeconds(const model::CurveFinding& finding,
                                          const DelayMeans& control) {
  if (control.has_units) return control.unit_seconds;
  const auto& critical = finding.critical_calls.range;
  if (!critical.has_value() || critical->low <= 0) return std::nullopt;
  return control.units / critical->low * control.seconds_per_unit;
}

model::Warning WarningOf(WarningKind kind, double ratio) {
  model::Warning warning;
  warning.kind = kind;
  warning.ratio = ratio;
  return warning;
}

}  // namespace

void CheckFigure(const Settings& settings, const Subject& subject, const BlockedTrials& trials,
                 const std::vector<CurveArm>& arms, model::CurveFinding* finding) {
  const bool has_whole_runs = !settings.trials.live && !settings.trials.is_server;
  if (!IsReported(settings) || !has_whole_runs || finding->levels.size() < 2) return;
  const std::vector<TreatedTrial> treated = TrialsOf(trials, arms);
  const auto control = MeansAt(treated, 0, subject);
  const auto delayed = MeansAt(treated, finding->levels.back().delay_ns, subject);
  if (!control.has_value() || !delayed.has_value()) return;
  if (control->has_units && control->unit_seconds > kMoreThanTrial * control->wall_seconds) {
    finding->warnings.push_back(
        WarningOf(WarningKind::kFigureLong, control->unit_seconds / control->wall_seconds));
    return;
  }
  const std::optional<model::Estimate> in_wall = ShareInWallTime(treated, subject);
  if (in_wall.has_value() && IsUnwaited(*finding, *control, *delayed, *in_wall)) {
    model::Warning& warning = finding->warnings.emplace_back(WarningOf(
        WarningKind::kUnwaitedWork, delayed->seconds_per_unit / control->seconds_per_unit - 1));
    warning.share = std::max(0.0, in_wall->range->high);
    return;
  }
  const std::optional<double> measured = MostMeasuredSeconds(*finding, *control);
  const double whole = HasWindow(settings) ? control->window_seconds : control->wall_seconds;
  if (!measured.has_value() || whole <= 0) return;
  if (*measured >= (HasWindow(settings) ? kFewOfWindow : kFewOfTrial) * whole) return;
  model::Warning& warning =
      finding->warnings.emplace_back(WarningOf(WarningKind::kFigureShort, *measured / whole));
  warning.text = HasWindow(settings) ? "window" : "";
}

}  // namespace pyslow::steps
