#include "sweep/steps/curves.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/figure_check.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/repeat_stalls.h"
#include "sweep/steps/tested.h"

namespace pyslow::steps {
namespace {

constexpr size_t kPlainBlocks = 4;
constexpr size_t kBlocksWithFunctions = 6;

// The arms of the next block.
std::vector<size_t> NextArms(const Curves& curves) {
  std::vector<size_t> arms = {0};
  for (const Curve& curve : curves.curves) {
    if (curve.is_decided) continue;
    arms.insert(arms.end(), curve.next_arms.begin(), curve.next_arms.end());
  }
  if (curves.plain_arm.has_value() && curves.trials.blocks.size() < kPlainBlocks) {
    arms.push_back(*curves.plain_arm);
  }
  return arms;
}

void StopCountingFunctions(BlockedTrials* trials) {
  for (Arm& arm : trials->arms) arm.wants_functions = false;
}

// R7. Whether the effect is known to --precision.
bool IsPrecise(const model::CurveFinding& finding, const std::optional<double>& precision) {
  if (!precision.has_value()) return true;
  const double largest = static_cast<double>(finding.levels.back().delay_ns) * 1e-9;
  return statistics::IsPrecise(model::Times(finding.critical_calls, largest), *precision,
                               finding.control.value);
}

bool IsKnownToCost(const model::CurveFinding& finding) {
  return finding.critical_calls.range.has_value() && finding.critical_calls.range->low > 0;
}

void JudgeUndecided(const StepContext& context, Curves* curves) {
  const Settings& settings = context.settings;
  for (Curve& curve : curves->curves) {
    if (curve.is_decided) continue;
    const std::vector<statistics::Block> blocks =
        Observe(curves->trials, curve.arms, curve.subject, settings);
    const std::vector<int64_t> delays = statistics::DelaysOf(blocks);
    if (delays.size() < 2 || delays.front() != 0) continue;
    curve.finding = Judge(settings, curve.subject, blocks);
    WithholdUntested(settings, curve.subject, curves->trials, curve.arms, &*curve.finding);
    CheckFigure(settings, curve.subject, curves->trials, curve.arms, &*curve.finding);
    const bool has_verdict = curve.finding->verdict() != model::Verdict::kInconclusive;
    const bool is_late = context.conductor.seconds() > curves->shape_until_seconds;
    curve.is_decided = (has_verdict || (is_late && IsKnownToCost(*curve.finding))) &&
                       IsPrecise(*curve.finding, settings.precision);
  }
}

bool AllDecided(const Curves& curves) {
  return std::all_of(curves.curves.begin(), curves.curves.end(),
                     [](const Curve& curve) { return curve.is_decided; });
}

std::vector<size_t> LooksOf(const Settings& settings, size_t min_blocks, size_t max_blocks) {
  if (settings.blocks.has_value()) return {std::min(*settings.blocks, max_blocks)};
  std::vector<size_t> looks;
  for (const size_t look : statistics::kLooks) {
    if (look >= min_blocks && look <= max_blocks) looks.push_back(look);
  }
  return looks;
}

}  // namespace

Curves CurvesOf(const std::string& part) {
  Curves curves;
  curves.part = part;
  curves.trials.arms.push_back({"control", true, {}});
  return curves;
}

void Curves::Add(const Settings& settings, const Subject& subject,
                 const std::vector<int64_t>& per_call_ns) {
  Curve& curve = curves.emplace_back();
  curve.subject = subject;
  curve.arms.push_back({0, 0});
  SetDelays(settings, per_call_ns, &curve);
}

void Curves::SetDelays(const Settings& settings, const std::vector<int64_t>& per_call_ns,
                       Curve* curve) {
  const int64_t frequency =
      statistics::FrequencyFor(per_call_ns, curve->subject.calls_per_trial, settings.frequency);
  curve->next_arms.clear();
  for (const int64_t ns : per_call_ns) {
    if (ns == 0) continue;
    const std::string name =
        curve->subject.name.empty()
            ? absl::StrCat(FormatTimeNs(ns), " a call")
            : absl::StrCat(curve->subject.name, " by ", FormatTimeNs(ns), " a call");
    curve->arms.push_back({trials.arms.size(), ns});
    curve->next_arms.push_back(trials.arms.size());
    trials.arms.push_back(ArmOf(name, curve->subject, {ns, frequency}));
  }
  trials.arms.front().wants_functions = counts_functions;
  trials.arms.back().wants_functions = counts_functions;
}

absl::Status MeasureCurves(const StepContext& context, double until_seconds, size_t max_blocks,
                           Curves* curves) {
  Conductor& conductor = context.conductor;
  BlockedTrials& trials = curves->trials;
  absl::Status status;
  const std::vector<size_t> looks = LooksOf(context.settings, curves->min_blocks, max_blocks);
  for (const size_t look : looks) {
    bool has_time = true;
    context.observer.PartBegins(curves->part,
                                TrialsUntilLook(context.settings, trials.blocks.size(), look,
                                                kUsualBlocksOfCurve, NextArms(*curves).size()));
    while (status.ok() && has_time && trials.blocks.size() < look) {
      const std::vector<size_t> arms = NextArms(*curves);
      const double block_seconds = conductor.TrialSeconds() * static_cast<double>(arms.size());
      has_time = context.settings.blocks.has_value() || trials.blocks.size() < curves->min_blocks ||
                 conductor.seconds() + block_seconds <= until_seconds;
      if (trials.blocks.size() == kBlocksWithFunctions) StopCountingFunctions(&trials);
      if (has_time) status = conductor.RunBlock(curves->part, arms, false, &trials);
    }
    if (status.ok()) status = RepeatStalls(context, until_seconds, &trials);
    UpdateWaiting(&trials);
    JudgeUndecided(context, curves);
    if (!status.ok() || !has_time || AllDecided(*curves)) break;
  }
  return status;
}

std::vector<size_t> VersionLooksOf(const Settings& settings) {
  if (settings.blocks.has_value()) return {*settings.blocks};
  return {statistics::kVersionLooks.begin(), statistics::kVersionLooks.end()};
}

absl::Status RunUntilDecided(const StepContext& context, const std::string& part,
                             const std::vector<size_t>& block, size_t usual_blocks,
                             double until_seconds, BlockedTrials* trials,
                             const std::function<bool()>& judge) {
  const Settings& settings = context.settings;
  Conductor& conductor = context.conductor;
  const std::vector<size_t> looks = VersionLooksOf(settings);
  absl::Status status;
  for (const size_t look : looks) {
    bool has_time = true;
    context.observer.PartBegins(
        part, TrialsUntilLook(settings, trials->blocks.size(), look, usual_blocks, block.size()));
    while (status.ok() && has_time && trials->blocks.size() < look) {
      const double seconds = conductor.TrialSeconds() * static_cast<double>(block.size());
      has_time = settings.blocks.has_value() || trials->blocks.size() < looks.front() ||
                 conductor.seconds() + seconds <= until_seconds;
      if (has_time) status = conductor.RunBlock(part, block, false, trials);
    }
    if (status.ok()) status = RepeatStalls(context, until_seconds, trials);
    const bool is_decided = judge();
    if (!status.ok() || !has_time || is_decided) break;
  }
  return status;
}

}  // namespace pyslow::steps
