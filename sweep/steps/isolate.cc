// Step 4: which subsystem is it?
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sweep/render/words.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

constexpr render::Step kSubsystemsStep = render::Step::kSubsystems;
constexpr double kSubsystemsShare = 0.25;
constexpr size_t kMostWinners = 3;

void TellWinners(State* state) {
  std::vector<std::string> names;
  for (const Subject& winner : state->winners) names.push_back(winner.name);
  if (names.empty()) {
    state->is_over = true;
    Tell(state, kSubsystemsStep, "No subsystem by itself slows the program when it is slowed.",
         "Their calls count only together, or more trials are needed (--runs); the sweep ends "
         "here.");
    return;
  }
  Tell(state, kSubsystemsStep,
       absl::StrCat(render::RankingSentence(state->findings.groups, "subsystem"), "."),
       state->settings.steps.focus
           ? absl::StrCat("Next, the functions of ", absl::StrJoin(names, ", "), ".")
           : "That was the last step asked for.");
}

}  // namespace

absl::Status IsolateSubsystems(State* state) {
  std::vector<render::Result> left_out;
  const std::vector<Subject> subjects = Eligible(*state, state->groups.subjects, &left_out);
  if (subjects.empty()) {
    state->is_over = true;
    state->findings.groups = std::move(left_out);
    Tell(state, kSubsystemsStep,
         "No subsystem is called often enough to be told apart from the others.",
         "The sweep ends here.");
    return absl::OkStatus();
  }
  if (subjects.size() == 1) {
    if (state->findings.global.has_value()) {
      render::Result only = ResultOf(subjects.front());
      only.curve = state->findings.global->curve;
      state->findings.groups.push_back(std::move(only));
    }
    state->winners = subjects;
    for (render::Result& result : left_out) {
      state->findings.groups.push_back(std::move(result));
    }
    Tell(
        state, kSubsystemsStep,
        absl::StrCat("There is one subsystem to look at: ", subjects.front().name, "."),
        state->settings.steps.focus ? "Next, its functions." : "That was the last step asked for.");
    return absl::OkStatus();
  }
  absl::Status status = state->conductor.Prepare(state->groups.setup);
  if (!status.ok()) return status;
  Comparison comparison;
  status = Compare(state, "groups", subjects, kSubsystemsShare, &comparison);
  state->findings.groups = comparison.results;
  for (render::Result& result : left_out) {
    state->findings.groups.push_back(std::move(result));
  }
  if (!status.ok()) return status;
  for (size_t i = 0; i < comparison.results.size(); ++i) {
    if (!comparison.found[i] || state->winners.size() >= kMostWinners) continue;
    state->winners.push_back(subjects[comparison.subject_of[i]]);
  }
  TellWinners(state);
  return absl::OkStatus();
}

}  // namespace pyslow::steps
