// Step 5: which functions are it, and what to optimise first?
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "experiment/compare.h"
#include "experiment/observe.h"
#include "experiment/screening.h"
#include "experiment/steps.h"
#include "presentation/words.h"
#include "statistics/design.h"

namespace pyslow::experiment {
namespace {

constexpr presentation::Step kFocusStep = presentation::Step::kFocus;
constexpr double kFocusShare = 0.2;  // for finding the leaders, and again for their curves
// More than these are screened several at a time; fewer are compared one by one.
constexpr size_t kMostCompared = 10;
constexpr size_t kMostScreened = 200;
constexpr size_t kMostLeaders = 3;

// The functions of the winning subsystems, most own time first, then most calls.
std::vector<CalledFunction> Candidates(const State& state) {
  std::vector<CalledFunction> candidates;
  const bool by_package = state.settings.targets_file.empty() && state.settings.targets.empty();
  for (const CalledFunction& function : state.counted) {
    if (function.calls == 0) continue;
    for (const Subject& winner : state.winners) {
      const std::string& group = state.groups.setup.groups[winner.groups.front()];
      const bool is_rest = winner.groups.front() + 1 == state.groups.setup.groups.size();
      const bool is_in =
          by_package
              ? (is_rest ? !std::count(state.groups.setup.groups.begin(),
                                       state.groups.setup.groups.end(), PackageOf(function.module))
                         : PackageOf(function.module) == group)
              : function.group == winner.groups.front();
      if (!is_in) continue;
      candidates.push_back(function);
      break;
    }
  }
  const auto size = [](const CalledFunction& function) {
    return std::pair(OwnSecondsOf(function.own_seconds_per_unit), function.calls);
  };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const auto& a, const auto& b) { return size(a) > size(b); });
  return candidates;
}

// Where each subject was found, for the table.
void NameSubsystems(const State& state, Subjects* functions) {
  for (Subject& subject : functions->subjects) {
    const std::string package = PackageOf(subject.name.substr(0, subject.name.find(':')));
    for (const Subject& winner : state.winners) {
      if (state.winners.size() == 1 || winner.name == package) subject.subsystem = winner.name;
    }
  }
}

// The curves of the leaders, in blocks that share the control.
absl::Status MeasureCurves(State* state, const std::vector<Subject>& leaders) {
  std::vector<std::vector<int64_t>> delays;
  std::vector<std::vector<size_t>> arms;
  BlockedTrials trials;
  trials.arms.push_back({"control", true, {}});
  for (const Subject& leader : leaders) {
    statistics::Pilot pilot;
    pilot.control_seconds = state->control_seconds;
    pilot.calls_per_unit = leader.calls_per_unit;
    const statistics::CurveDesign design =
        statistics::DesignCurve(pilot, state->settings.max_slowdown);
    const int64_t frequency = statistics::FrequencyFor(design.delays_ns, leader.calls_per_trial,
                                                       state->settings.frequency);
    delays.push_back(design.delays_ns);
    arms.push_back({0});
    for (size_t i = 1; i < design.delays_ns.size(); ++i) {
      arms.back().push_back(trials.arms.size());
      trials.arms.push_back(
          ArmOf(absl::StrCat(leader.name, " by ", FormatTimeNs(design.delays_ns[i]), " a call"),
                leader, {design.delays_ns[i], frequency}));
    }
  }
  absl::Status status = state->conductor.RunBlocks(
      "curves", BlocksFor(*state, statistics::kFewestBlocks, trials.arms.size(), kFocusShare),
      &trials);
  if (trials.blocks.empty()) return status;
  for (size_t i = 0; i < leaders.size(); ++i) {
    presentation::Result result = ResultOf(leaders[i]);
    result.curve = Judge(*state, leaders[i],
                         Observe(trials, arms[i], delays[i], leaders[i], state->settings), trials);
    // In the place of what the comparison or the screen had of it.
    auto& functions = state->findings.functions;
    const auto old = std::find_if(functions.begin(), functions.end(), [&](const auto& function) {
      return function.name == result.name;
    });
    if (old != functions.end()) {
      *old = std::move(result);
    } else {
      functions.push_back(std::move(result));
    }
  }
  return status;
}

// Those that no gain is expected of come last; a gain that is withheld is no smaller for it.
void ListPriorities(State* state, const std::vector<Subject>& leaders) {
  std::vector<std::pair<std::pair<double, double>, presentation::Priority>> priorities;
  for (const Subject& leader : leaders) {
    for (const presentation::Result& function : state->findings.functions) {
      if (function.name != leader.name) continue;
      presentation::Priority priority = presentation::PriorityOf(function, state->findings.unit);
      const double gain = priority.gain_up_to.has_value() ? priority.gain_up_to->value : 0;
      const double share = function.curve.no_gain.empty() ? CriticalShare(function.curve) : 0;
      priorities.emplace_back(std::pair(WorthOf(function, share).first, gain), std::move(priority));
    }
  }
  std::stable_sort(priorities.begin(), priorities.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [worth, priority] : priorities) {
    state->findings.priorities.push_back(std::move(priority));
  }
}

// Finds the functions worth a curve of their own, best first.
absl::Status FindLeaders(State* state, const std::vector<Subject>& subjects,
                         std::vector<Subject>* leaders) {
  if (subjects.size() == 1) {
    *leaders = subjects;
    return absl::OkStatus();
  }
  Comparison comparison;
  absl::Status status = subjects.size() <= kMostCompared
                            ? Compare(state, "functions", subjects, kFocusShare, &comparison)
                            : Screen(state, subjects, &comparison);
  state->findings.functions = comparison.results;
  for (size_t i = 0; i < comparison.results.size() && leaders->size() < kMostLeaders; ++i) {
    if (comparison.found[i]) leaders->push_back(subjects[comparison.subject_of[i]]);
  }
  return status;
}

}  // namespace

absl::Status FocusOnFunctions(State* state) {
  if (state->winners.empty()) state->winners = state->groups.subjects;
  Subjects functions = FunctionsOf(Candidates(*state), state->counted_units);
  NameSubsystems(*state, &functions);
  std::vector<presentation::Result> left_out;
  std::vector<Subject> subjects = Eligible(*state, functions.subjects, &left_out);
  if (subjects.size() > kMostScreened) subjects.resize(kMostScreened);
  if (subjects.empty()) {
    state->findings.functions = std::move(left_out);
    Tell(state, kFocusStep, "No function is called often enough to be studied by itself.",
         "The sweep ends here.");
    return absl::OkStatus();
  }
  absl::Status status = state->conductor.Prepare(functions.setup);
  if (!status.ok()) return status;
  std::vector<Subject> leaders;
  status = FindLeaders(state, subjects, &leaders);
  if (status.ok() && !leaders.empty()) status = MeasureCurves(state, leaders);
  for (presentation::Result& result : left_out) {
    state->findings.functions.push_back(std::move(result));
  }
  if (!status.ok()) return status;
  ListPriorities(state, leaders);
  Tell(
      state, kFocusStep,
      leaders.empty()
          ? "No function by itself slows the program when it is slowed: their calls hide one at a "
            "time and count together, or more trials are needed (--runs)."
          : absl::StrCat(presentation::RankingSentence(state->findings.functions, "function"), "."),
      "That was the last step.");
  return absl::OkStatus();
}

}  // namespace pyslow::experiment
