// Step 5: which functions are it, and what to optimise first?
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/render/words.h"
#include "sweep/statistics/design.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/screening.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

constexpr render::Step kFocusStep = render::Step::kFocus;
constexpr double kFocusShare = 0.2;  // for finding the leaders, and again for their curves
// More than these are screened several at a time; fewer are compared one by one.
constexpr size_t kMostCompared = 10;
constexpr size_t kMostScreened = 200;
constexpr size_t kMostLeaders = 3;
// Curves, where some of the leaders turn out to have nothing to gain.
constexpr size_t kMostCurves = 6;

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
    return std::pair(FirstOwnSecondsOf(function.own_seconds_per_unit), function.calls);
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

// The result of `subject`; nullptr where there is none.
render::Result* ResultIn(render::Findings* findings, const Subject& subject) {
  auto& functions = findings->functions;
  const auto found =
      std::find_if(functions.begin(), functions.end(),
                   [&](const render::Result& result) { return result.name == subject.name; });
  return found != functions.end() ? &*found : nullptr;
}

// The curves of the leaders, in blocks that share the control.
absl::Status MeasureCurves(State* state, const std::string& part,
                           const std::vector<Subject>& leaders) {
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
      part, BlocksFor(*state, statistics::kFewestBlocks, trials.arms.size(), kFocusShare), &trials);
  if (trials.blocks.empty()) return status;
  for (size_t i = 0; i < leaders.size(); ++i) {
    render::Result result = ResultOf(leaders[i]);
    result.curve = Judge(*state, leaders[i],
                         Observe(trials, arms[i], delays[i], leaders[i], state->settings), trials);
    // In the place of what the comparison or the screen had of it.
    if (render::Result* old = ResultIn(&state->findings, leaders[i]); old != nullptr) {
      *old = std::move(result);
    } else {
      state->findings.functions.push_back(std::move(result));
    }
  }
  return status;
}

bool HasGain(State* state, const Subject& leader) {
  const render::Result* result = ResultIn(&state->findings, leader);
  return result != nullptr && result->curve.no_gain.empty();
}

// The curves of the first `found`, which slow the program when they are slowed by much: what is
// hidden up to a slack does so too. Where one shows that nothing is to gain there, the next has its
// turn; not under a time budget, whose last share this is. Those measured are in `*leaders`.
absl::Status MeasureLeaders(State* state, const std::vector<Subject>& found,
                            std::vector<Subject>* leaders) {
  size_t gains = 0;
  for (int round = 1; gains < kMostLeaders; ++round) {
    const size_t most = std::min(found.size(), kMostCurves) - leaders->size();
    const size_t count = std::min(kMostLeaders - gains, most);
    if (count == 0 || (round > 1 && state->settings.budget_seconds.has_value())) break;
    const auto first = found.begin() + static_cast<ptrdiff_t>(leaders->size());
    const std::vector<Subject> next(first, first + static_cast<ptrdiff_t>(count));
    leaders->insert(leaders->end(), next.begin(), next.end());
    const std::string part = round == 1 ? "curves" : absl::StrCat("curves ", round);
    if (absl::Status status = MeasureCurves(state, part, next); !status.ok()) return status;
    gains += static_cast<size_t>(std::count_if(
        next.begin(), next.end(), [&](const Subject& one) { return HasGain(state, one); }));
  }
  return absl::OkStatus();
}

// After their curves: by worth, and those with nothing to gain, as it is, behind all others.
void RankLeaders(State* state, const std::vector<Subject>& leaders) {
  const auto place = [&](const render::Result& result) {
    const bool is_leader = std::any_of(leaders.begin(), leaders.end(), [&](const Subject& leader) {
      return leader.name == result.name;
    });
    if (!is_leader) return std::pair(1, Worth());
    return std::pair(result.curve.no_gain.empty() ? 2 : 0, WorthOf(result));
  };
  auto& functions = state->findings.functions;
  std::stable_sort(functions.begin(), functions.end(),
                   [&](const auto& a, const auto& b) { return place(a) > place(b); });
}

// In the order of the ranking, but where own time was not measured by gain. Where something is to
// gain, what is hidden is no priority.
void ListPriorities(State* state, const std::vector<Subject>& leaders) {
  const bool has_gain = std::any_of(leaders.begin(), leaders.end(),
                                    [&](const Subject& leader) { return HasGain(state, leader); });
  std::vector<std::pair<Worth, render::Priority>> priorities;
  for (const Subject& leader : leaders) {
    const render::Result* result = ResultIn(&state->findings, leader);
    if (result == nullptr || (has_gain && !HasGain(state, leader))) continue;
    render::Priority priority = render::PriorityOf(*result, state->findings.unit);
    const double gain = priority.gain_up_to.has_value() ? priority.gain_up_to->value : 0;
    priorities.emplace_back(Worth(WorthOf(*result).first, gain), std::move(priority));
  }
  std::stable_sort(priorities.begin(), priorities.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [worth, priority] : priorities) {
    state->findings.priorities.push_back(std::move(priority));
  }
}

// Finds the functions that slow the program when they are slowed, best first.
absl::Status FindFunctions(State* state, const std::vector<Subject>& subjects,
                           std::vector<Subject>* found) {
  if (subjects.size() == 1) {
    *found = subjects;
    return absl::OkStatus();
  }
  Comparison comparison;
  absl::Status status = subjects.size() <= kMostCompared
                            ? Compare(state, "functions", subjects, kFocusShare, &comparison)
                            : Screen(state, subjects, &comparison);
  state->findings.functions = comparison.results;
  for (size_t i = 0; i < comparison.results.size(); ++i) {
    if (comparison.found[i]) found->push_back(subjects[comparison.subject_of[i]]);
  }
  return status;
}

}  // namespace

absl::Status FocusOnFunctions(State* state) {
  if (state->winners.empty()) state->winners = state->groups.subjects;
  Subjects functions = FunctionsOf(Candidates(*state), state->counted_units);
  NameSubsystems(*state, &functions);
  std::vector<render::Result> left_out;
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
  std::vector<Subject> found;
  std::vector<Subject> leaders;
  status = FindFunctions(state, subjects, &found);
  if (status.ok()) status = MeasureLeaders(state, found, &leaders);
  RankLeaders(state, leaders);
  for (render::Result& result : left_out) {
    state->findings.functions.push_back(std::move(result));
  }
  if (!status.ok()) return status;
  ListPriorities(state, leaders);
  Tell(state, kFocusStep,
       leaders.empty()
           ? "No function by itself slows the program when it is slowed: their calls hide one at a "
             "time and count together, or more trials are needed (--runs)."
           : absl::StrCat(render::RankingSentence(state->findings.functions, "function"), "."),
       "That was the last step.");
  return absl::OkStatus();
}

}  // namespace pyslow::steps
