// R23: the functions that poll, as a subject of their own.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "patterns/target_set.h"
#include "sweep/steps/subjects.h"

namespace pyslow::steps {
namespace {

constexpr char kPolls[] = "waiting loops";

// The patterns of the functions that poll, by the option of their heading. Those in processes of a
// GLOB come first, because a group without one would have their calls.
using PollPatterns = std::map<std::string, std::set<std::string>, std::greater<>>;

PollPatterns PollsOf(const std::vector<CalledFunction>& counted) {
  PollPatterns polls;
  std::set<std::string> working;  // of functions that do not poll in the processes of a GLOB
  for (const CalledFunction& function : counted) {
    std::string pattern;
    if (!ExactPattern(function.id, &pattern)) continue;
    const std::string option = ProcessOption(function.id);
    if (function.polls_per_unit.has_value()) {
      polls[option].insert(pattern);
    } else if (!option.empty()) {
      working.insert(pattern);
    }
  }
  for (const std::string& pattern : working) polls[""].erase(pattern);
  if (polls[""].empty()) polls.erase("");
  return polls;
}

}  // namespace

bool PollsAsSubject(double units, std::vector<CalledFunction>* counted, Subjects* subjects) {
  model::Setup& setup = subjects->setup;
  const PollPatterns polls = PollsOf(*counted);
  Subject subject;
  subject.polls = true;
  std::string targets;
  std::vector<std::string> names;
  std::map<std::string, uint32_t> group_of;  // by option
  for (const auto& [option, patterns] : polls) {
    std::string name = kPolls;
    while (absl::c_linear_search(setup.groups, name) || absl::c_linear_search(names, name)) {
      name.append("'");
    }
    absl::StrAppend(&targets, "[", name, option, "]\n", absl::StrJoin(patterns, ""));
    group_of[option] = static_cast<uint32_t>(names.size());
    subject.groups.push_back(group_of[option]);
    names.push_back(std::move(name));
  }
  if (names.empty()) return false;
  subject.name = names.front();
  for (CalledFunction& function : *counted) {
    const std::string option = ProcessOption(function.id);
    const auto of_option = polls.find(option);
    std::string pattern;  // matches also functions of the same name in another file
    const bool is_poll = of_option != polls.end() && ExactPattern(function.id, &pattern) &&
                         of_option->second.contains(pattern);
    function.group =
        is_poll ? group_of[option] : function.group + static_cast<uint32_t>(names.size());
  }
  // Patterns before the first heading belong to the default group.
  if (setup.groups.front() == patterns::TargetSet::kDefaultGroup) {
    absl::StrAppend(&targets, "[", patterns::TargetSet::kDefaultGroup, "]\n");
  }
  setup.targets.insert(0, targets);
  setup.groups.insert(setup.groups.begin(), names.begin(), names.end());
  if (!setup.chosen.empty()) {
    setup.chosen.insert(setup.chosen.begin(), names.begin(), names.end());
  }
  for (Subject& other : subjects->subjects) {
    for (uint32_t& group : other.groups) group += static_cast<uint32_t>(names.size());
  }
  subjects->subjects.push_back(std::move(subject));
  SetCalls(*counted, units, subjects);
  return true;
}

}  // namespace pyslow::steps
