#include "sweep/steps/find_polls.h"

#include <algorithm>
#include <map>

#include "sweep/statistics/polls.h"

namespace pyslow::steps {
namespace {

constexpr size_t kMinTrials = 2;  // of each arm

// The trials of an arm that can be compared.
std::vector<const model::Trial*> TrialsWithFunctions(const BlockedTrials& trials, size_t arm,
                                                     const Settings& settings) {
  std::vector<const model::Trial*> found;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    for (const ArmTrial& one : block) {
      if (one.arm == arm && !one.is_replaced && !one.trial.functions.empty() &&
          UnitsAreKnown(one.trial, settings)) {
        found.push_back(&one.trial);
      }
    }
  }
  return found;
}

std::vector<const model::Trial*> TrialsAtLargest(const BlockedTrials& trials,
                                                 std::vector<CurveArm> arms,
                                                 const Settings& settings) {
  std::sort(arms.begin(), arms.end(),
            [](const CurveArm& a, const CurveArm& b) { return a.per_call_ns > b.per_call_ns; });
  for (const CurveArm& arm : arms) {
    if (arm.per_call_ns == 0) break;
    std::vector<const model::Trial*> found = TrialsWithFunctions(trials, arm.arm, settings);
    if (found.size() >= kMinTrials) return found;
  }
  return {};
}

using CallsByFunction = std::map<FunctionId, std::vector<statistics::TrialCalls>>;

// The calls in each trial, 0 where a function is missing.
CallsByFunction CallsIn(const std::vector<const model::Trial*>& trials) {
  CallsByFunction calls;
  for (size_t i = 0; i < trials.size(); ++i) {
    for (const model::FunctionCounts& function : trials[i]->functions) {
      auto [found, is_new] = calls.try_emplace(function.id);
      if (is_new) {
        for (const model::Trial* trial : trials) found->second.push_back({0, UnitsOf(*trial)});
      }
      found->second[i].calls += static_cast<double>(function.calls);
    }
  }
  return calls;
}

double MeanPerUnit(const std::vector<statistics::TrialCalls>& trials) {
  double sum = 0;
  for (const statistics::TrialCalls& trial : trials) sum += trial.calls / trial.units;
  return sum / static_cast<double>(trials.size());
}

}  // namespace

size_t FindPolls(const BlockedTrials& trials, const std::vector<CurveArm>& arms,
                 const Settings& settings, std::vector<CalledFunction>* counted) {
  const auto controls = TrialsWithFunctions(trials, 0, settings);
  const auto delayed = TrialsAtLargest(trials, arms, settings);
  if (controls.size() < kMinTrials || delayed.size() < kMinTrials) return 0;
  const CallsByFunction at_control = CallsIn(controls);
  CallsByFunction at_largest = CallsIn(delayed);
  std::vector<FunctionId> ids;
  std::vector<statistics::CallsAtTwoDelays> calls;
  for (const auto& [id, control] : at_control) {
    auto& largest = at_largest[id];
    for (size_t i = largest.size(); i < delayed.size(); ++i) {
      largest.push_back({0, UnitsOf(*delayed[i])});
    }
    ids.push_back(id);
    calls.push_back({control, largest});
  }
  const std::vector<bool> polls = statistics::FindPolls(calls);
  size_t found = 0;
  for (CalledFunction& function : *counted) {
    const auto place = std::lower_bound(ids.begin(), ids.end(), function.id);
    if (place == ids.end() || !(*place == function.id)) continue;
    const auto index = static_cast<size_t>(place - ids.begin());
    if (!polls[index]) continue;
    function.polls_per_unit = MeanPerUnit(calls[index].delayed);
    ++found;
  }
  return found;
}

}  // namespace pyslow::steps
