#include "sweep/steps/sweep.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweep/steps/compare_versions.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/doses.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/gil.h"
#include "sweep/steps/impact.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/settle.h"
#include "sweep/steps/steps.h"
#include "sweep/trials/known_benchmarks.h"

namespace pyslow::steps {
namespace {

void Append(const std::vector<model::Warning>& warnings, model::Findings* findings) {
  findings->warnings.insert(findings->warnings.end(), warnings.begin(), warnings.end());
}

// Adds the steps to the findings and reports each to the observer.
void Report(const std::vector<model::StepSummary>& summaries, const StepContext& context,
            model::Findings* findings) {
  for (const model::StepSummary& summary : summaries) {
    findings->steps.push_back(summary);
    context.observer.StepDone(summary, *findings);
  }
}

void Report(const std::optional<model::StepSummary>& summary, const StepContext& context,
            model::Findings* findings) {
  if (summary.has_value()) Report(std::vector{*summary}, context, findings);
}

// T at the control beside which `function` was slowed; if there is none, that of the baseline.
double ControlSecondsOf(const Subject& function, const Baseline& baseline,
                        const model::Findings& findings) {
  for (const model::Result& result : findings.functions) {
    if (result.name == function.name && !result.curve.levels.empty()) {
      return result.curve.control.value;
    }
  }
  return baseline.control_seconds;
}

// If the events of lines make a unit so much longer that they may change which lines count.
void AddLineEventsWarning(const model::StepSummary& lines, model::Findings* findings) {
  constexpr double kMuchLonger = 1.1;
  const double ratio = lines.seconds_per_unit / lines.control_seconds;
  if (lines.control_seconds <= 0 || ratio < kMuchLonger) return;
  model::Warning warning;
  warning.kind = model::Warning::Kind::kLineEvents;
  warning.ratio = ratio;
  warning.text = lines.function;
  findings->warnings.push_back(std::move(warning));
}

std::string UnitName(const Settings& settings) {
  return trials::MeasuresRuns(settings.trials) ? "run" : "unit";
}

bool CanCompareTimes(const CountResult& count) {
  return count.summary.has_value() &&
         count.summary->outcome != model::StepSummary::Outcome::kWindowNeverOpened;
}

absl::Status CompareVersions(const StepContext& context, const CountResult& count,
                             model::Findings* findings) {
  VersionsResult versions = CompareWithOther(context, count, findings->global);
  findings->comparison = std::move(versions.comparison);
  Report(versions.summary, context, findings);
  return versions.status;
}

// How much of the cost of a delay of everything is that other threads wait for the GIL. `next`:
// what follows.
absl::Status DivideImpact(const StepContext& context, const CountResult& count,
                          const Baseline& baseline, model::StepSummary::Next next,
                          model::Findings* findings) {
  constexpr double kShare = 0.2;  // of the time budget that is left
  absl::Status status = CompareGilModes(context, baseline, "GIL", count.everything,
                                        UntilSeconds(context, kShare), &*findings->global);
  if (!status.ok()) return status;
  model::StepSummary summary;
  summary.step = model::Step::kGil;
  summary.outcome = model::StepSummary::Outcome::kJudged;
  summary.next = next;
  Report(summary, context, findings);
  return status;
}

// Whether no step follows.
bool EndsSweep(model::StepSummary::Next next) {
  using Next = model::StepSummary::Next;
  return next == Next::kLastStep || next == Next::kRequestedEnd ||
         next == Next::kNothingStandsOut || next == Next::kNothingToCompare;
}

// The global step finds out how long a live program takes to follow a change of its delays. Without
// it, the later steps need to know.
absl::Status SettleWithoutImpact(const StepContext& context, const CountResult& count,
                                 const Baseline& baseline, model::Findings* findings) {
  if (!ShowsSettling(context.settings.trials)) return absl::OkStatus();
  absl::Status status = context.conductor.Prepare(count.groups.setup);
  if (!status.ok()) return status;
  const double dose = std::min(baseline.control_seconds, baseline.max_dose_seconds);
  const int64_t largest_ns =
      DelayFor(count.everything, dose, context.settings.frequency).per_call_ns;
  std::vector<model::Warning> warnings;
  status = FindSettling(context, count.everything, largest_ns, &warnings);
  Append(warnings, findings);
  // A replayed sweep may be of a version that did not.
  return context.conductor.LacksTrial(status) ? absl::OkStatus() : status;
}

// The steps after the global one. `impact`: of that one, if it was run.
absl::Status ExamineParts(const StepContext& context, const CountResult& count,
                          const Baseline& baseline, const ImpactResult& impact,
                          model::Findings* findings) {
  const Steps& steps = context.settings.steps;
  const auto report = [&](std::optional<model::StepSummary> summary) {
    if (summary.has_value() && EndsSweep(summary->next) && MayContinue(context, impact)) {
      summary->next = model::StepSummary::Next::kImpactAgain;
    }
    Report(summary, context, findings);
  };
  std::vector<Subject> subsystems = count.groups.subjects;
  std::erase_if(subsystems, [](const Subject& subject) { return subject.polls; });
  context.observer.LaterParts(
      TrialsAfter(model::Step::kSubsystems, context.settings, count, baseline));
  if (steps.isolate) {
    IsolateResult isolated = IsolateSubsystems(context, count, baseline, findings->global);
    findings->groups = std::move(isolated.groups);
    report(isolated.summary);
    if (!isolated.status.ok() || isolated.is_over) return isolated.status;
    subsystems = std::move(isolated.winners);
  }
  if (!steps.focus) return absl::OkStatus();
  FocusResult focused = FocusOnFunctions(context, count, baseline, subsystems);
  findings->functions = std::move(focused.functions);
  findings->priorities = std::move(focused.priorities);
  Append(focused.warnings, findings);
  report(focused.summary);
  if (!focused.status.ok() || !focused.first.has_value()) return focused.status;
  if (steps.sites) {
    PartsResult sites = ExamineCallSites(context, count, baseline, *focused.first);
    findings->sites = std::move(sites.parts);
    report(sites.summary);
    if (!sites.status.ok()) return sites.status;
  }
  if (!steps.lines) return absl::OkStatus();
  PartsResult lines = ExamineLines(context, count, baseline, *focused.first,
                                   ControlSecondsOf(*focused.first, baseline, *findings));
  findings->lines = std::move(lines.parts);
  if (lines.summary.has_value()) AddLineEventsWarning(*lines.summary, findings);
  report(lines.summary);
  return lines.status;
}

// Gives the global step the time that the later ones left, and shows its results again.
absl::Status UseTimeLeft(const StepContext& context, const CountResult& count, ImpactResult* impact,
                         model::Findings* findings) {
  if (!MayContinue(context, *impact)) return absl::OkStatus();
  context.observer.LaterParts(0);
  const bool has_more = ContinueImpact(context, count, impact);
  findings->global->curve = impact->global->curve;
  findings->control = impact->control;
  if (!impact->status.ok() || !has_more) return impact->status;
  for (const model::StepSummary& summary : impact->summaries) {
    context.observer.StepDone(summary, *findings);
  }
  return absl::OkStatus();
}

// `settings` are those of the context; the first step may find out what is measured.
absl::Status RunSteps(const StepContext& context, Settings* settings, model::Findings* findings) {
  const Steps& steps = settings->steps;
  CountResult count = CountCalls(context);
  trials::UseBenchmarkFound(context.conductor.benchmark(), &settings->trials);
  findings->unit = UnitName(*settings);
  findings->counted = CountedFunctionsOf(count.counted, count.units);
  const bool compares = ComparesVersions(*settings);
  // T of both versions can be compared although no function is called.
  const bool is_over = count.is_over && !(compares && CanCompareTimes(count));
  if (compares && count.summary.has_value() && count.is_over && !is_over) {
    count.summary->next = model::StepSummary::Next::kVersions;
  }
  Report(count.summary, context, findings);
  if (!count.status.ok() || is_over) return count.status;
  Baseline baseline = count.baseline;
  const auto show_later = [&](model::Step step) {
    context.observer.LaterParts(compares ? TrialsOfVersions(*settings)
                                         : TrialsAfter(step, *settings, count, baseline));
  };
  show_later(model::Step::kGlobal);
  ImpactResult impact;
  if (steps.impact && !count.is_over) {
    impact = MeasureImpact(context, &count);
    findings->counted = CountedFunctionsOf(count.counted, count.units);
    findings->plain = impact.plain;
    findings->control = impact.control;
    findings->global = impact.global;
    Append(impact.warnings, findings);
    Report(impact.summaries, context, findings);
    if (!impact.status.ok()) return impact.status;
    baseline = impact.baseline;
    if (steps.gil && findings->global.has_value()) {
      show_later(model::Step::kGil);
      absl::Status status = DivideImpact(context, count, baseline, impact.next, findings);
      if (!status.ok()) return status;
    }
    if (impact.is_over && !compares) return absl::OkStatus();
  }
  if (compares) return CompareVersions(context, count, findings);
  if (!steps.impact) {
    absl::Status status = SettleWithoutImpact(context, count, baseline, findings);
    if (!status.ok()) return status;
  }
  absl::Status status = ExamineParts(context, count, baseline, impact, findings);
  if (!status.ok()) return status;
  return UseTimeLeft(context, count, &impact, findings);
}

}  // namespace

SweepEnd RunSweep(const Settings& settings, trials::TrialRunner* runner, Observer* observer) {
  Conductor conductor(runner, observer, settings.seed, settings.retries);
  // A live program without a load is measured for --interval.
  conductor.SetDelaysLengthen(!settings.trials.live || !settings.trials.load.empty());
  SweepEnd end;
  end.settings = settings;
  model::Findings& findings = end.findings;
  findings.unit = UnitName(settings);
  findings.compares_versions = ComparesVersions(settings);
  findings.metric_names = MetricNames(settings);
  end.status = RunSteps({end.settings, conductor, *observer}, &end.settings, &findings);
  conductor.Finish();
  end.outcome = conductor.stop();
  end.at = conductor.stopped_at();
  end.arm = conductor.stopped_arm();
  findings.trials = conductor.trials();
  findings.disturbed = conductor.disturbed();
  findings.converted = conductor.warnings().converted();
  for (const auto& [index, gpu] : conductor.warnings().gpus()) findings.gpus.push_back(gpu);
  Append(conductor.warnings().All(), &findings);
  end.trial_seconds = conductor.seconds();
  return end;
}

}  // namespace pyslow::steps
