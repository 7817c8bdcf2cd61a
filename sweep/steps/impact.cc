// Steps 2 and 3: the effect of slowing all functions, and the prediction for faster Python.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/settle.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

using Next = model::StepSummary::Next;

constexpr char kPart[] = "global";
constexpr size_t kPilotBlocks = 2;
constexpr size_t kFurtherBlocks = 4;   // at a time, for --precision
constexpr double kImpactShare = 0.33;  // of --time-budget
const std::vector<int64_t> kPilotDelays = {0, 1'000, 10'000, 100'000};

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

// The same frequency for all delays of a curve.
int64_t FrequencyOf(const StepContext& context, const Subject& everything,
                    const std::vector<int64_t>& per_call_ns) {
  return statistics::FrequencyFor(per_call_ns, everything.calls_per_trial,
                                  context.settings.frequency);
}

std::vector<Arm> ArmsOf(const Subject& everything, const std::vector<int64_t>& per_call_ns,
                        int64_t frequency) {
  std::vector<Arm> arms;
  arms.reserve(per_call_ns.size());
  for (const int64_t ns : per_call_ns) {
    arms.push_back(ArmOf(ns == 0 ? "control" : absl::StrCat(FormatTimeNs(ns), " a call"),
                         everything, {ns, frequency}));
  }
  return arms;
}

// The user's delays are per delayed call. Per call they are shorter by the frequency.
std::vector<int64_t> PerCall(const std::vector<int64_t>& delays_ns, int64_t frequency) {
  std::vector<int64_t> per_call;
  per_call.reserve(delays_ns.size());
  for (const int64_t ns : delays_ns) {
    per_call.push_back(ns == 0 ? 0 : std::max<int64_t>(1, ns / frequency));
  }
  return per_call;
}

// 0 … count − 1.
std::vector<size_t> FirstArms(size_t count) {
  std::vector<size_t> arms(count);
  std::iota(arms.begin(), arms.end(), size_t{0});
  return arms;
}

// Measures the size of the effect and the noise, from which the curve is designed.
absl::StatusOr<statistics::CurveDesign> RunPilot(const StepContext& context,
                                                 const Subject& everything, ImpactResult* result) {
  const Settings& settings = context.settings;
  const std::vector<int64_t> delays = Allowed(context, everything, kPilotDelays, result);
  BlockedTrials pilot;
  pilot.arms = ArmsOf(everything, delays, FrequencyOf(context, everything, delays));
  absl::Status status = context.conductor.RunBlocks("pilot", kPilotBlocks, &pilot);
  if (!status.ok()) return status;
  statistics::Pilot found =
      statistics::PilotOf(Observe(pilot, FirstArms(delays.size()), delays, everything, settings));
  // If the number of units is uncertain, the counting trial's estimate is good enough for a design.
  if (found.calls_per_unit <= 0) found.calls_per_unit = everything.calls_per_unit;
  result->baseline = BaselineOf(found.control_seconds, settings);
  return statistics::DesignCurve(found, settings.max_slowdown);
}

// Whether the change of T at the arm `last` is known to `precision`, a ratio of T at the control.
bool IsPrecise(const BlockedTrials& trials, size_t last, double precision) {
  const std::vector<double> base = SecondsOf(trials, 0);
  const std::vector<double> slow = SecondsOf(trials, last);
  std::vector<double> effect;
  for (size_t b = 0; b < base.size(); ++b) effect.push_back(slow[b] - base[b]);
  return statistics::IsPrecise(statistics::MeanOfBlocks(effect), precision,
                               statistics::MeanOfBlocks(base).value);
}

// Runs `blocks` blocks, and more until --precision is reached (R7).
absl::Status RunToPrecision(const StepContext& context, size_t blocks, size_t last,
                            BlockedTrials* trials) {
  absl::Status status = context.conductor.RunBlocks(kPart, blocks, trials);
  const std::optional<double> precision = context.settings.precision;
  while (status.ok() && precision.has_value() && trials->blocks.size() == blocks &&
         blocks < statistics::kMaxBlocks && !IsPrecise(*trials, last, *precision)) {
    const std::optional<double> budget = context.settings.budget_seconds;
    if (budget.has_value() && context.conductor.seconds() > *budget) break;
    blocks = std::min(blocks + kFurtherBlocks, statistics::kMaxBlocks);
    status = context.conductor.RunBlocks(kPart, blocks, trials);
  }
  return status;
}

model::Timing TimingOf(const BlockedTrials& trials, size_t arm) {
  return {statistics::MeanOfBlocks(SecondsOf(trials, arm)), trials.blocks.size()};
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

// No effect is shown, because there is none or because noise hides it.
bool ShowsNoEffect(const model::CurveFinding& curve) {
  const std::optional<model::Range>& critical = curve.critical_calls.range;
  return curve.verdict() == model::Verdict::kNone ||
         (curve.verdict() == model::Verdict::kInconclusive && critical.has_value() &&
          critical->low <= 0);
}

void AddSummaries(const Steps& steps, ImpactResult* result) {
  const model::CurveFinding& curve = result->global->curve;
  result->is_over = !Continues(curve);
  model::StepSummary impact;
  impact.step = model::Step::kGlobal;
  impact.outcome = model::StepSummary::Outcome::kJudged;
  impact.next = Next::kOpportunity;
  if (result->is_over) {
    impact.next =
        curve.verdict() == model::Verdict::kNone ? Next::kPythonHidden : Next::kNoConclusion;
  }
  result->summaries.push_back(impact);
  if (result->is_over) return;
  model::StepSummary opportunity;
  opportunity.step = model::Step::kOpportunity;
  opportunity.outcome = model::StepSummary::Outcome::kJudged;
  opportunity.next = Next::kRequestedEnd;
  if (steps.focus) opportunity.next = Next::kFunctions;
  if (steps.isolate) opportunity.next = Next::kSubsystems;
  result->summaries.push_back(opportunity);
}

// The delays of the curve, and how it is measured.
struct CurvePlan {
  std::vector<int64_t> delays_ns;  // per call
  size_t blocks = statistics::kMinBlocks;
  int64_t frequency = 1;
  bool too_few_calls = false;
};

absl::StatusOr<CurvePlan> PlanCurve(const StepContext& context, const Subject& everything,
                                    ImpactResult* result) {
  CurvePlan plan;
  plan.frequency = context.settings.frequency;
  if (!context.settings.delays_ns.empty()) {
    plan.delays_ns =
        Allowed(context, everything, PerCall(context.settings.delays_ns, plan.frequency), result);
    return plan;
  }
  const absl::StatusOr<statistics::CurveDesign> design = RunPilot(context, everything, result);
  if (!design.ok()) return design.status();
  plan.delays_ns = design->delays_ns;
  plan.blocks = design->blocks;
  plan.too_few_calls = design->too_few_calls;
  plan.frequency = FrequencyOf(context, everything, plan.delays_ns);
  return plan;
}

model::Result JudgeEverything(const Settings& settings, const Subject& everything,
                              const CurvePlan& plan, const BlockedTrials& trials) {
  model::Result result = ResultOf(everything);
  result.curve =
      Judge(settings, everything,
            Observe(trials, FirstArms(plan.delays_ns.size()), plan.delays_ns, everything, settings),
            trials);
  if (plan.too_few_calls && ShowsNoEffect(result.curve) && trials.IsCalm()) {
    model::Reason reason;
    reason.kind = model::Reason::Kind::kTooFewCalls;
    model::WithholdVerdict(std::move(reason), &result.curve);
  }
  return result;
}

}  // namespace

ImpactResult MeasureImpact(const StepContext& context, const CountResult& count) {
  const Settings& settings = context.settings;
  const Subject& everything = count.everything;
  ImpactResult result;
  result.baseline = count.baseline;
  result.status = context.conductor.Prepare(count.groups.setup);
  if (!result.status.ok()) return result;
  if (settings.trials.live) {
    const int64_t largest_ns = Allowed(context, everything, kPilotDelays, &result).back();
    result.status = FindSettling(context, everything, largest_ns, &result.warnings);
    if (!result.status.ok()) return result;
  }
  const absl::StatusOr<CurvePlan> plan = PlanCurve(context, everything, &result);
  result.status = plan.status();
  if (!plan.ok()) return result;
  BlockedTrials trials;
  trials.arms = ArmsOf(everything, plan->delays_ns, plan->frequency);
  const bool has_plain = !settings.trials.live;
  if (has_plain) trials.arms.push_back({"plain Python", false, {}});
  const size_t last = plan->delays_ns.size() - 1;
  result.status = RunToPrecision(
      context, BlocksFor(context, plan->blocks, trials.arms.size(), kImpactShare), last, &trials);
  if (trials.blocks.empty()) {
    if (result.status.ok()) result.status = absl::AbortedError("no block of trials was completed");
    return result;
  }
  // The doses of later steps depend on the pilot and not on this curve, so that a sweep resumed
  // with more blocks can use its later trials again.
  result.global = JudgeEverything(settings, everything, *plan, trials);
  result.control = TimingOf(trials, 0);
  if (has_plain) result.plain = TimingOf(trials, last + 1);
  if (result.status.ok()) AddSummaries(settings.steps, &result);
  return result;
}

}  // namespace pyslow::steps
