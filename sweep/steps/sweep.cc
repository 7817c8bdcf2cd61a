#include "sweep/steps/sweep.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

absl::Status RunSteps(State* state) {
  absl::Status status = CountCalls(state);
  if (!status.ok() || state->is_over) return status;
  if (state->settings.steps.impact) {
    status = MeasureImpact(state);
    if (!status.ok() || state->is_over) return status;
  }
  if (state->settings.steps.isolate) {
    status = IsolateSubsystems(state);
    if (!status.ok() || state->is_over) return status;
  }
  return state->settings.steps.focus ? FocusOnFunctions(state) : status;
}

void AddWarnings(State* state) {
  render::Findings& findings = state->findings;
  for (const std::string& note : state->conductor.notes()) {
    findings.warnings.push_back(absl::StrCat("A process told: ", note, "."));
  }
  if (findings.disturbed > 0) {
    findings.warnings.push_back(absl::StrCat("Disturbed: in ", findings.disturbed, " of ",
                                             findings.trials,
                                             " trials other programs kept this one waiting for a "
                                             "core for over 1% of the time. They were "
                                             "run again as long as there was hope of calm."));
  }
}

}  // namespace

SweepEnd RunSweep(const Settings& settings, trials::TrialRunner* runner, Observer* observer) {
  State state(settings, runner, observer);
  state.findings.unit = settings.trials.measure == trials::Measure::kWallTime ? "run" : "unit";
  state.findings.metric_names = MetricNames(settings);
  SweepEnd end;
  end.status = RunSteps(&state);
  end.outcome = state.conductor.stop();
  end.at = state.conductor.stopped_at();
  end.arm = state.conductor.stopped_arm();
  state.findings.trials = state.conductor.trials();
  state.findings.disturbed = state.conductor.disturbed();
  AddWarnings(&state);
  end.findings = std::move(state.findings);
  end.trial_seconds = state.conductor.seconds();
  return end;
}

}  // namespace pyslow::steps
