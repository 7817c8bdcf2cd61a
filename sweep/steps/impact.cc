#include "sweep/steps/impact.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/limits.h"
#include "sweep/statistics/bend.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/grid.h"
#include "sweep/statistics/line.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/compare_versions.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/find_polls.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/settle.h"

namespace pyslow::steps {
namespace {

using Next = model::StepSummary::Next;

constexpr double kImpactShare = 0.4;  // of the time budget
// The later steps need to know that Python costs time, and not the shape: it gets less time.
constexpr double kShapeShare = 0.15;
// R18: the largest delay is changed at most this often, if it is wrong by more than the factor.
constexpr size_t kMaxChanges = 3;
constexpr double kWrongBy = 1.5;
constexpr double kGrowth = 4;  // while no effect is shown
constexpr double kPilotConfidence = 0.8;

// The delays that --max-slowdown allows. Adds a warning, once, if some had to be replaced.
std::vector<int64_t> Allowed(const StepContext& context, const Subject& everything,
                             const std::vector<int64_t>& delays, ImpactResult* result) {
  const double calls = std::max(everything.calls_per_unit, 1e-9);
  const auto limit_ns =
      std::max<int64_t>(1, std::llround(std::min(result->baseline.max_dose_seconds / calls * 1e9,
                                                 static_cast<double>(kMaxDelayNs))));
  std::vector<int64_t> allowed = Bounded(delays, limit_ns);
  model::Warning warning;
  warning.kind = model::Warning::Kind::kDelaysCapped;
  warning.delay_ns = limit_ns;
  warning.ratio = context.settings.max_slowdown;
  std::vector<model::Warning>& warnings = result->warnings;
  if (allowed != delays && std::count(warnings.begin(), warnings.end(), warning) == 0) {
    warnings.push_back(warning);
  }
  return allowed;
}

// The delay per call at which the time in delays of one process is `room` times that of a trial
// without; infinite if no time in delays was counted.
double MostDelay(const BlockedTrials& trials, const Curve& curve, double room) {
  double spun = 0;
  double delayed = 0;
  double window = 0;
  double controls = 0;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    for (const ArmTrial& one : block) {
      if (one.is_replaced || !one.trial.counts.has_value()) continue;
      if (one.arm == curve.arms.front().arm) {
        window += one.trial.window_seconds;
        ++controls;
      } else if (one.arm == curve.arms.back().arm) {
        spun += SpunSecondsOfProcess(one.trial, curve.subject);
        ++delayed;
      }
    }
  }
  if (spun <= 0 || controls <= 0) return std::numeric_limits<double>::infinity();
  const double largest = static_cast<double>(curve.arms.back().per_call_ns) * 1e-9;
  return largest * room * (window / controls) / (spun / delayed);
}

// R18. A better largest delay per call, by n* of the trials so far; nullopt: keep the old one.
std::optional<double> BetterLargest(const Settings& settings, const Curves& curves) {
  const Curve& curve = curves.curves.front();
  // Without time for a trial of it, nothing is known of the old one.
  if (SecondsOf(curves.trials, curve.arms.back().arm).empty()) return std::nullopt;
  const double old = static_cast<double>(curve.arms.back().per_call_ns) * 1e-9;
  const auto blocks = Observe(curves.trials, curve.arms, curve.subject, settings);
  const double control_seconds = statistics::ControlTimesOf(blocks).mean;
  const statistics::Fit fit = statistics::FitDelay(blocks, kPilotConfidence);
  if (!fit.slope.range.has_value()) return std::nullopt;
  const double room = settings.max_slowdown - 1;
  const double high = fit.slope.range->high;
  const double bound =
      high > 0 ? room * control_seconds / high : std::numeric_limits<double>::infinity();
  double largest = std::min(kGrowth * old, bound);
  if (fit.slope.range->low > 0) largest = std::min(1.0, room) * control_seconds / high;
  // A slope above 0 may be chance: the delays of a hidden function have no other limit.
  largest = std::min(
      {largest, MostDelay(curves.trials, curve, room), static_cast<double>(kMaxDelayNs) * 1e-9});
  if (largest < old * kWrongBy && largest > old / kWrongBy) return std::nullopt;
  return largest;
}

// The delays of the first blocks: the user's, or up to a dose of T0 by the counted calls.
std::vector<int64_t> FirstDelays(const StepContext& context, const Subject& everything,
                                 ImpactResult* result) {
  const Settings& settings = context.settings;
  if (const std::vector<int64_t> given = GivenDelays(settings); !given.empty()) {
    return Allowed(context, everything, given, result);
  }
  const double dose = std::min(result->baseline.control_seconds, result->baseline.max_dose_seconds);
  return statistics::DelaysUpTo(
      static_cast<double>(statistics::PerCallNs(everything.calls_per_unit, dose)));
}

// Whether `curves` shows that functions poll. They are then set apart.
bool FoundPolls(const Settings& settings, const Curves& curves, CountResult* count) {
  if (!curves.counts_functions || count->has_polls) return false;
  std::vector<CalledFunction> counted = count->counted;
  return FindPolls(curves.trials, curves.curves.front().arms, settings, &counted) > 0 &&
         SetPollsApart(std::move(counted), count);
}

// Whether the later steps can find something.
bool Continues(const model::CurveFinding& curve) {
  switch (curve.verdict()) {
    case model::Verdict::kNone:
    case model::Verdict::kUntested:
    case model::Verdict::kLoadLimited:
      return false;
    case model::Verdict::kInconclusive:
      return curve.critical_calls.range.has_value() && curve.critical_calls.range->low > 0;
    case model::Verdict::kLinear:
    case model::Verdict::kSubLinear:
    case model::Verdict::kThreshold:
      return true;
  }
  return true;
}

// Measures the curve. Unless the user gave the delays, they are adapted to the effect. If polls are
// searched for (Curves::counts_functions) and found, sets them apart, and ends early.
absl::Status MeasureEverything(const StepContext& context, double until_seconds, CountResult* count,
                               Curves* curves) {
  const Settings& settings = context.settings;
  Curve& curve = curves->curves.front();
  const bool has_looks = !settings.blocks.has_value();
  const bool adapts = settings.delays_ns.empty() && has_looks;
  if (has_looks && !adapts) {
    // If there are polls, the curve is measured again: further blocks would be of no use.
    absl::Status status = MeasureCurves(context, until_seconds, statistics::kLooks.front(), curves);
    if (!status.ok() || FoundPolls(settings, *curves, count)) return status;
  }
  for (size_t change = 0; adapts && change < kMaxChanges; ++change) {
    // Called again after a search for polls: these blocks have changed the delays already.
    if (curves->trials.blocks.size() > statistics::kLooks[change]) continue;
    absl::Status status = MeasureCurves(context, until_seconds, statistics::kLooks[change], curves);
    if (status.ok() && FoundPolls(settings, *curves, count)) return status;
    // With few digits, a larger delay may show what more trials do not.
    const bool is_coarse = curve.finding.has_value() &&
                           curve.finding->reason.kind == model::Reason::Kind::kFigureTooCoarse;
    if (!status.ok() || (curve.is_decided && !is_coarse)) return status;
    const std::optional<double> largest = BetterLargest(settings, *curves);
    if (!largest.has_value()) break;
    curve.is_decided = false;
    curves->SetDelays(settings, statistics::DelaysUpTo(*largest * 1e9), &curve);
  }
  absl::Status status =
      MeasureCurves(context, until_seconds, std::numeric_limits<size_t>::max(), curves);
  if (!status.ok() || FoundPolls(settings, *curves, count)) return status;
  if (ComparesVersions(settings)) return status;
  // Later steps would have nothing to examine: their time is better used here.
  const bool has_later = settings.steps.gil || settings.steps.isolate || settings.steps.focus;
  const bool continues = curve.finding.has_value() && Continues(*curve.finding);
  if (curve.is_decided || (has_later && continues)) return status;
  return MeasureCurves(context, UntilSeconds(context, 1), std::numeric_limits<size_t>::max(),
                       curves);
}

model::Timing TimingOf(const BlockedTrials& trials, size_t arm) {
  const std::vector<double> seconds = SecondsOf(trials, arm);
  model::Timing timing = {statistics::MeanOfBlocks(seconds), seconds.size()};
  statistics::WidenTo(GridOf(trials) / 2, &timing.seconds_per_unit);
  return timing;
}

// The low end of κ of a linear curve; 0 of another.
double CountingShareOf(const model::CurveFinding& curve) {
  const auto& kappa = curve.kappa_per_process.has_value() ? curve.kappa_per_process : curve.kappa;
  if (curve.verdict() != model::Verdict::kLinear || !kappa.has_value()) return 0;
  return kappa->range.has_value() ? std::max(0.0, kappa->range->low) : 0;
}

// What follows the global step, apart from the opportunity.
Next NextOf(const Settings& settings, const ImpactResult& result) {
  if (ComparesVersions(settings)) return Next::kVersions;
  if (result.is_over) {
    const bool is_hidden = result.global->curve.verdict() == model::Verdict::kNone;
    return is_hidden ? Next::kPythonHidden : Next::kNoConclusion;
  }
  if (settings.steps.isolate) return Next::kSubsystems;
  return settings.steps.focus ? Next::kFunctions : Next::kRequestedEnd;
}

void AddSummaries(const Settings& settings, ImpactResult* result) {
  result->is_over = !Continues(result->global->curve);
  std::vector<model::Step> steps = {model::Step::kGlobal};
  if (!result->is_over && !ComparesVersions(settings)) steps.push_back(model::Step::kOpportunity);
  for (const model::Step step : steps) {
    model::StepSummary summary;
    summary.step = step;
    summary.outcome = model::StepSummary::Outcome::kJudged;
    summary.next = Next::kOpportunity;
    result->summaries.push_back(summary);
  }
  result->next = NextOf(settings, *result);
  result->summaries.back().next = settings.steps.gil ? Next::kGil : result->next;
}

// The standard deviation of a trial around the fitted shape, as a ratio of T0.
double NoiseOf(const Curves& curves, const Settings& settings) {
  const Curve& curve = curves.curves.front();
  const auto blocks = Observe(curves.trials, curve.arms, curve.subject, settings);
  const double control = statistics::ControlTimesOf(blocks).mean;
  return control > 0 ? statistics::FindBend(blocks).noise / control : 0;
}

// Measures the curve of everything. The first time (no polls are known), polls are searched for,
// and plain Python is an arm.
absl::Status MeasureGlobal(const StepContext& context, const std::string& part, CountResult* count,
                           Curves* curves, ImpactResult* result) {
  const Settings& settings = context.settings;
  absl::Status status = context.conductor.Prepare(count->groups.setup);
  if (!status.ok()) return status;
  const bool is_first = !count->has_polls;
  const std::vector<int64_t> delays = FirstDelays(context, count->everything, result);
  if (is_first) {
    status = FindSettling(context, count->everything, delays.back(), &result->warnings);
    if (!status.ok()) return status;
  }
  *curves = CurvesOf(part);
  curves->counts_functions = is_first;
  curves->Add(settings, count->everything, delays);
  if (is_first && !settings.trials.live) {
    curves->plain_arm = curves->trials.arms.size();
    curves->trials.arms.push_back({"plain Python", false, {}});
  }
  if (settings.steps.isolate || settings.steps.focus || ComparesVersions(settings)) {
    curves->shape_until_seconds = UntilSeconds(context, kShapeShare);
  }
  return MeasureEverything(context, UntilSeconds(context, kImpactShare), count, curves);
}

std::optional<model::Timing> PlainOf(const Curves& curves) {
  if (!curves.plain_arm.has_value()) return std::nullopt;
  if (SecondsOf(curves.trials, *curves.plain_arm).empty()) return std::nullopt;
  return TimingOf(curves.trials, *curves.plain_arm);
}

model::Warning PollsWarning(const CountResult& count) {
  model::Warning warning;
  warning.kind = model::Warning::Kind::kPolls;
  warning.share = 1 - count.everything.calls_per_unit / count.everything.all_calls_per_unit;
  double most = 0;
  for (const CalledFunction& function : count.counted) {
    if (!function.polls_per_unit.has_value()) continue;
    const double calls = static_cast<double>(function.calls) / count.units;
    ++warning.count;
    warning.high += calls;
    warning.low += *function.polls_per_unit;
    if (calls <= most) continue;
    most = calls;
    warning.text = function.id.Name();
  }
  return warning;
}

// Measures the curve again, without the polls that the first one showed.
absl::Status MeasureWithoutPolls(const StepContext& context, const CountResult& before,
                                 CountResult* count, Curves* curves, ImpactResult* result) {
  Curves first = *curves;
  absl::Status status =
      MeasureGlobal(context, "global without waiting loops", count, curves, result);
  // A replayed sweep may be of a version that found no polls in these trials.
  if (!context.conductor.LacksTrial(status)) {
    result->warnings.push_back(PollsWarning(*count));
    return status;
  }
  *count = before;
  *curves = std::move(first);
  curves->counts_functions = false;
  if (status = context.conductor.Prepare(count->groups.setup); !status.ok()) return status;
  status = MeasureEverything(context, UntilSeconds(context, kImpactShare), count, curves);
  return context.conductor.LacksTrial(status) ? absl::OkStatus() : status;
}

// What the curve, which has a finding, says of the program.
void TakeFinding(ImpactResult* result) {
  const Curve& curve = result->curves.curves.front();
  result->global = ResultOf(curve.subject, curve.finding->control.value);
  result->global->curve = *curve.finding;
  result->control = TimingOf(result->curves.trials, 0);
}

}  // namespace

ImpactResult MeasureImpact(const StepContext& context, CountResult* count) {
  const Settings& settings = context.settings;
  ImpactResult result;
  result.baseline = count->baseline;
  Curves& curves = result.curves;
  const CountResult before = *count;
  result.status = MeasureGlobal(context, "global", count, &curves, &result);
  result.plain = PlainOf(curves);
  if (result.status.ok() && count->has_polls) {
    result.status = MeasureWithoutPolls(context, before, count, &curves, &result);
  }
  if (curves.curves.empty()) return result;
  const Curve& curve = curves.curves.front();
  if (!curve.finding.has_value()) {
    if (result.status.ok()) result.status = absl::AbortedError("no trial with a delay");
    return result;
  }
  TakeFinding(&result);
  result.baseline = BaselineOf(result.global->curve.control.value, settings);
  result.baseline.noise = NoiseOf(curves, settings);
  result.baseline.all_calls_per_unit = curve.subject.calls_per_unit;
  result.baseline.counting_share = CountingShareOf(result.global->curve);
  // A replay may lack trials: it is of a sweep that did not end, or had a verdict after fewer
  // blocks.
  if (result.status.ok() || absl::IsNotFound(result.status)) AddSummaries(settings, &result);
  return result;
}

bool MayContinue(const StepContext& context, const ImpactResult& impact) {
  const Settings& settings = context.settings;
  if (settings.blocks.has_value() || impact.is_over || impact.curves.curves.empty()) return false;
  const Curve& curve = impact.curves.curves.front();
  if (!curve.finding.has_value() || curve.finding->more_blocks == 0) return false;
  // The steps of the parts of a function have a setup of their own.
  return HasTimeFor(context, 1 + curve.next_arms.size(), settings.steps.parts() > 0);
}

bool ContinueImpact(const StepContext& context, const CountResult& count, ImpactResult* impact) {
  Curves& curves = impact->curves;
  const size_t before = curves.trials.blocks.size();
  impact->status = context.conductor.Prepare(count.groups.setup);
  if (!impact->status.ok()) return false;
  curves.curves.front().is_decided = false;
  curves.shape_until_seconds = std::numeric_limits<double>::infinity();
  impact->status =
      MeasureCurves(context, UntilSeconds(context, 1), std::numeric_limits<size_t>::max(), &curves);
  // A replayed sweep may be of a version that did not.
  if (context.conductor.LacksTrial(impact->status)) impact->status = absl::OkStatus();
  TakeFinding(impact);
  impact->summaries.clear();
  AddSummaries(context.settings, impact);
  impact->summaries.back().next = Next::kLastStep;
  return curves.trials.blocks.size() > before && !curves.trials.blocks[before].empty();
}

}  // namespace pyslow::steps
