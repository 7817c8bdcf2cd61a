// Step 1: which functions are called, how often per unit.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/function_id.h"
#include "sweep/render/figures.h"
#include "sweep/statistics/estimate.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

// More groups than these make a table nobody reads, and too many trials; the others are one group.
constexpr size_t kMostPackages = 20;

bool HasTargets(const Settings& settings) {
  return !settings.targets_file.empty() || !settings.targets.empty();
}

// Where the program stays while trials go by, another setup is another start of it: own time is
// measured from the beginning.
trials::Setup SetupToCount(const State& state, bool has_targets) {
  trials::Setup setup;
  if (has_targets) {
    setup = state.groups.setup;
  } else {
    setup.name = "count";
    setup.targets = "*:*\n";
    setup.groups = {"default"};
  }
  setup.own_time = state.settings.trials.live;
  return setup;
}

// By function, in seconds of a unit; what was not called in the counting run is left out.
void KeepOwnTime(const trials::Trial& trial, State* state) {
  std::map<FunctionId, uint64_t> own_ns;
  for (const trials::FunctionCounts& function : trial.functions) {
    own_ns[function.id] += function.own_ns;
  }
  for (CalledFunction& function : state->counted) {
    const auto found = own_ns.find(function.id);
    const double ns = found != own_ns.end() ? static_cast<double>(found->second) : 0;
    function.own_seconds_per_unit.push_back(ns * 1e-9 / UnitsOf(trial));
  }
}

// Trials of their own, since measuring it takes time: what counting takes is the first guess at T0.
// Several, since a processor is not equally fast in each.
absl::Status MeasureOwnTime(State* state, trials::Setup setup) {
  constexpr size_t kTrials = 6;
  constexpr double kShare = 0.02;
  if (!setup.own_time) {
    setup.own_time = true;
    if (absl::Status status = state->conductor.Prepare(setup); !status.ok()) return status;
  }
  const size_t trials = std::min(BlocksFor(*state, kTrials, 1, kShare), kTrials);
  state->observer.PartBegins("own time", trials);
  for (int number = 0; number < static_cast<int>(trials); ++number) {
    trials::Trial trial;
    absl::Status status =
        state->conductor.RunOne("own time", number, {"own time measured", true, {}}, &trial);
    // A sweep that is only read may have begun with fewer blocks, or been two: what it has will do.
    if (absl::IsNotFound(status)) {
      state->conductor.ForgetStop();
      break;
    }
    if (!status.ok()) return status;
    KeepOwnTime(trial, state);
  }
  return absl::OkStatus();
}

void KeepCounted(State* state) {
  for (const CalledFunction& function : state->counted) {
    render::CountedFunction counted;
    counted.module = function.id.module;
    counted.qualname = function.id.qualname;
    counted.file = function.id.file;
    counted.first_line = function.id.first_line;
    counted.calls_per_unit = static_cast<double>(function.calls) / state->counted_units;
    counted.processes = function.processes;
    counted.own_seconds_per_unit = OwnSecondsOf(function.own_seconds_per_unit);
    counted.only_outside_window = function.calls == 0 && function.calls_outside > 0;
    state->findings.counted.push_back(std::move(counted));
  }
  std::stable_sort(
      state->findings.counted.begin(), state->findings.counted.end(),
      [](const auto& a, const auto& b) { return a.calls_per_unit > b.calls_per_unit; });
}

// The union of all subjects.
Subject EverythingOf(const Subjects& groups, bool has_targets) {
  Subject everything;
  everything.name = has_targets ? "all targets" : "all Python functions";
  for (const Subject& subject : groups.subjects) {
    everything.groups.insert(everything.groups.end(), subject.groups.begin(), subject.groups.end());
    everything.calls_per_unit += subject.calls_per_unit;
    everything.calls_per_trial += subject.calls_per_trial;
    AddOwnTime(subject.own_seconds_per_unit, &everything.own_seconds_per_unit);
  }
  std::sort(everything.groups.begin(), everything.groups.end());
  return everything;
}

void TellCount(State* state) {
  const std::string& unit = state->findings.unit;
  std::set<std::string> packages;
  size_t functions = 0;
  size_t only_outside = 0;
  for (const CalledFunction& function : state->counted) {
    if (function.calls > 0) {
      packages.insert(PackageOf(function.id.module));
      ++functions;
    } else if (function.calls_outside > 0) {
      ++only_outside;
    }
  }
  if (functions == 0) {
    state->is_over = true;
    Tell(state, render::Step::kCount,
         only_outside > 0
             ? absl::StrCat("Untested: ", only_outside,
                            " functions were called before or after the window, none in it. "
                            "Captured graphs and compiled code look like that.")
             : "Untested: no function that the targets match was called.",
         "Nothing can be slowed; the sweep ends here.");
    return;
  }
  Tell(state, render::Step::kCount,
       absl::StrFormat("%s calls a %s, of %s in %s; it takes %s with every call counted.",
                       render::NumberText(state->everything.calls_per_unit), unit,
                       render::Counted(functions, "function"),
                       render::Counted(packages.size(), "package"),
                       render::SecondsText(state->control_seconds)),
       "Next, all of these calls are slowed at once: does Python matter at all?");
}

}  // namespace

absl::Status CountCalls(State* state) {
  const bool has_targets = HasTargets(state->settings);
  if (has_targets) {
    absl::StatusOr<Subjects> groups =
        GroupsOf(state->settings.targets_file, state->settings.targets, state->settings.groups);
    if (!groups.ok()) return groups.status();
    state->groups = *std::move(groups);
  }
  const trials::Setup setup = SetupToCount(*state, has_targets);
  absl::Status status = state->conductor.Prepare(setup);
  if (!status.ok()) return status;
  state->observer.PartBegins("count", 1);
  trials::Trial trial;
  status = state->conductor.RunOne("count", 0, {"every call counted", true, {}}, &trial);
  if (!status.ok()) return status;
  for (trials::FunctionCounts& function : trial.functions) {
    state->counted.push_back({std::move(function), {}});
  }
  state->counted_units = UnitsOf(trial);
  state->control_seconds = trial.seconds_per_unit;
  state->most_dose_seconds = (state->settings.max_slowdown - 1) * trial.seconds_per_unit;
  // What was counted is told, whatever becomes of this.
  status = MeasureOwnTime(state, setup);
  if (has_targets) {
    AddCalls(state->counted, state->counted_units, &state->groups);
  } else {
    state->groups = PackagesOf(state->counted, kMostPackages, state->counted_units);
  }
  state->everything = EverythingOf(state->groups, has_targets);
  KeepCounted(state);
  TellCount(state);
  return status;
}

}  // namespace pyslow::steps
