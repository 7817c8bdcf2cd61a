// Steps 2 and 3: does Python matter at all, and what would faster Python be worth?
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/duration_text.h"
#include "sweep/render/words.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/settle.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

constexpr char kPart[] = "global";
constexpr size_t kPilotBlocks = 2;
constexpr size_t kMoreBlocks = 4;  // at a time, until they are precise
constexpr double kImpactShare = 0.33;
const std::vector<int64_t> kPilotDelays = {0, 1'000, 10'000, 100'000};

// The delays that --max-slowdown allows, with a word about those that it does not.
std::vector<int64_t> Allowed(State* state, const std::vector<int64_t>& delays) {
  const double calls = std::max(state->everything.calls_per_unit, 1e-9);
  const auto most =
      std::max<int64_t>(1, std::llround(std::min(state->most_dose_seconds / calls * 1e9, 1e10)));
  std::vector<int64_t> allowed = Bounded(delays, most);
  const std::string warning = absl::StrFormat(
      "Delays over %s a call would make a %s more than %g times as long (--max-slowdown), and were "
      "replaced by shorter ones.",
      FormatTimeNs(most), state->findings.unit, state->settings.max_slowdown);
  std::vector<std::string>& warnings = state->findings.warnings;
  if (allowed != delays && std::count(warnings.begin(), warnings.end(), warning) == 0) {
    warnings.push_back(warning);
  }
  return allowed;
}

// One for all of a curve.
int64_t FrequencyOf(const State& state, const std::vector<int64_t>& per_call_ns) {
  return statistics::FrequencyFor(per_call_ns, state.everything.calls_per_trial,
                                  state.settings.frequency);
}

std::vector<Arm> ArmsOf(const State& state, const std::vector<int64_t>& per_call_ns,
                        int64_t frequency) {
  std::vector<Arm> arms;
  arms.reserve(per_call_ns.size());
  for (const int64_t ns : per_call_ns) {
    arms.push_back(ArmOf(ns == 0 ? "control" : absl::StrCat(FormatTimeNs(ns), " a call"),
                         state.everything, {ns, frequency}));
  }
  return arms;
}

// The user's delays are those of the calls that are delayed; of each call it is the Nth part.
std::vector<int64_t> PerCall(const std::vector<int64_t>& delays_ns, int64_t frequency) {
  std::vector<int64_t> per_call;
  per_call.reserve(delays_ns.size());
  for (const int64_t ns : delays_ns) {
    per_call.push_back(ns == 0 ? 0 : std::max<int64_t>(1, ns / frequency));
  }
  return per_call;
}

// Finds the size of the effect and the noise, for the curve's design.
absl::StatusOr<statistics::CurveDesign> RunPilot(State* state) {
  const std::vector<int64_t> delays = Allowed(state, kPilotDelays);
  BlockedTrials pilot;
  pilot.arms = ArmsOf(*state, delays, FrequencyOf(*state, delays));
  absl::Status status = state->conductor.RunBlocks("pilot", kPilotBlocks, &pilot);
  if (!status.ok()) return status;
  std::vector<size_t> arms(delays.size());
  for (size_t i = 0; i < arms.size(); ++i) arms[i] = i;
  std::vector<statistics::Block> blocks =
      Observe(pilot, arms, delays, state->everything, state->settings);
  statistics::Pilot found = statistics::PilotOf(blocks);
  // Where the units are not known for sure, the counting run's guess is good enough for a design.
  if (found.calls_per_unit <= 0) found.calls_per_unit = state->everything.calls_per_unit;
  state->control_seconds = found.control_seconds;
  state->most_dose_seconds = (state->settings.max_slowdown - 1) * found.control_seconds;
  return statistics::DesignCurve(found, state->settings.max_slowdown);
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

// Runs `blocks` blocks, and where --precision asks for it more (R7).
absl::Status RunToPrecision(State* state, size_t blocks, size_t last, BlockedTrials* trials) {
  absl::Status status = state->conductor.RunBlocks(kPart, blocks, trials);
  const std::optional<double> precision = state->settings.precision;
  while (status.ok() && precision.has_value() && trials->blocks.size() == blocks &&
         blocks < statistics::kMostBlocks && !IsPrecise(*trials, last, *precision)) {
    const std::optional<double> budget = state->settings.budget_seconds;
    if (budget.has_value() && state->conductor.seconds() > *budget) break;
    blocks = std::min(blocks + kMoreBlocks, statistics::kMostBlocks);
    status = state->conductor.RunBlocks(kPart, blocks, trials);
  }
  return status;
}

render::Timing TimingOf(const BlockedTrials& trials, size_t arm) {
  return {statistics::MeanOfBlocks(SecondsOf(trials, arm)), trials.blocks.size()};
}

bool GoesOn(const statistics::CurveFinding& curve) {
  switch (curve.verdict) {
    case statistics::Verdict::kNone:
    case statistics::Verdict::kUntested:
    case statistics::Verdict::kLoadLimited:
      return false;
    case statistics::Verdict::kInconclusive:
      return curve.critical_calls.range.has_value() && curve.critical_calls.range->low > 0;
    default:
      return true;
  }
}

void TellImpact(State* state) {
  const render::Result& global = *state->findings.global;
  state->is_over = !GoesOn(global.curve);
  std::string next = "Next, what the fitted line says of faster Python.";
  if (global.curve.verdict == statistics::Verdict::kNone) {
    next =
        "Python is not your bottleneck: look at GPU kernels, memory bandwidth or I/O. The sweep "
        "ends here.";
  } else if (state->is_over) {
    next = "Nothing more can be told apart on this footing; the sweep ends here.";
  }
  Tell(state, render::Step::kGlobal,
       absl::StrCat(
           render::VerdictSentence(render::SubjectOf(global), global.curve, state->findings.unit),
           "."),
       next);
  if (state->is_over) return;
  Tell(state, render::Step::kOpportunity,
       absl::StrCat(render::OpportunitySentence(global.curve, state->findings.unit), "."),
       state->settings.steps.isolate || state->settings.steps.focus
           ? "Next, which subsystem is it?"
           : "That was the last step asked for.");
}

// No effect, be it that there is none or that noise hides it.
bool ShowsNothing(const statistics::CurveFinding& curve) {
  const std::optional<statistics::Range>& critical = curve.critical_calls.range;
  return curve.verdict == statistics::Verdict::kNone ||
         (curve.verdict == statistics::Verdict::kInconclusive && critical.has_value() &&
          critical->low <= 0);
}

}  // namespace

absl::Status MeasureImpact(State* state) {
  absl::Status status = state->conductor.Prepare(state->groups.setup);
  if (!status.ok()) return status;
  if (state->settings.trials.live) {
    status = FindSettling(state, Allowed(state, kPilotDelays).back());
    if (!status.ok()) return status;
  }
  std::vector<int64_t> delays = state->settings.delays_ns;
  size_t blocks = statistics::kFewestBlocks;
  int64_t frequency = state->settings.frequency;
  bool too_few_calls = false;
  if (delays.empty()) {
    const absl::StatusOr<statistics::CurveDesign> design = RunPilot(state);
    if (!design.ok()) return design.status();
    delays = design->delays_ns;
    blocks = design->blocks;
    too_few_calls = design->too_few_calls;
    frequency = FrequencyOf(*state, delays);
  } else {
    delays = Allowed(state, PerCall(delays, frequency));
  }
  BlockedTrials trials;
  trials.arms = ArmsOf(*state, delays, frequency);
  const bool has_plain = !state->settings.trials.live;
  if (has_plain) trials.arms.push_back({"plain Python", false, {}});
  const size_t last = delays.size() - 1;
  status = RunToPrecision(state, BlocksFor(*state, blocks, trials.arms.size(), kImpactShare), last,
                          &trials);
  if (trials.blocks.empty()) {
    return status.ok() ? absl::AbortedError("no block of trials was completed") : status;
  }
  std::vector<size_t> arms(delays.size());
  for (size_t i = 0; i < arms.size(); ++i) arms[i] = i;
  render::Result result = ResultOf(state->everything);
  result.curve = Judge(*state, state->everything,
                       Observe(trials, arms, delays, state->everything, state->settings), trials);
  if (too_few_calls && ShowsNothing(result.curve) && trials.IsCalm()) {
    result.curve.verdict = statistics::Verdict::kInconclusive;
    result.curve.why = kTooFewCalls;
    result.curve.more_blocks = 0;  // they would not decide it either
  }
  // The doses of later steps go by the pilot and not by this: so that a sweep that is resumed with
  // more blocks finds its later trials measured.
  state->findings.control = TimingOf(trials, 0);
  if (has_plain) state->findings.plain = TimingOf(trials, last + 1);
  state->findings.global = std::move(result);
  if (!status.ok()) return status;
  TellImpact(state);
  return absl::OkStatus();
}

}  // namespace pyslow::steps
