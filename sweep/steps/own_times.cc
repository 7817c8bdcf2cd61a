#include "sweep/steps/own_times.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <set>
#include <utility>

#include "sweep/statistics/block_mean.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

double MeanOf(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

const OwnTimes::Function& FunctionIn(const OwnTimes& times, const std::string& name) {
  static const OwnTimes::Function kNone;
  const auto found = times.functions.find(name);
  return found == times.functions.end() ? kNone : found->second;
}

// `values` has an entry for each trial up to the last one that called the function.
double ValueAt(const std::vector<double>& values, size_t trial) {
  return trial < values.size() ? values[trial] : 0;
}

// The mean of `trials` trials, of which some may not have called the function.
double MeanOver(const std::vector<double>& values, size_t trials) {
  return trials == 0
             ? 0
             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(trials);
}

// The change that is surely there: the end of the interval that is nearer to 0.
double SureSize(const model::Estimate& change) {
  if (!model::ExcludesZero(change)) return 0;
  return std::min(std::abs(change.range->low), std::abs(change.range->high));
}

// The median over the functions of both versions of their calls per unit in the other one, over
// those in the first; 1 without such functions. As in R23, 20 calls in a trial are the least: the
// functions of an import would be the most.
double SharedRatio(const OwnTimesOfBoth& times) {
  constexpr uint64_t kMinCalls = 20;
  std::vector<double> ratios;
  for (const auto& [name, function] : times.first.functions) {
    const OwnTimes::Function& in_other = FunctionIn(times.other, name);
    if (function.counted < kMinCalls * times.first.trials || in_other.counted == 0) continue;
    ratios.push_back(MeanOver(in_other.calls, times.other.trials) /
                     MeanOver(function.calls, times.first.trials));
  }
  if (ratios.empty()) return 1;
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

}  // namespace

void OwnTimes::Add(const model::Trial& trial, const Settings& settings) {
  const double units = UnitsOf(trial);
  units_are_known = units_are_known && UnitsAreKnown(trial, settings);
  for (const model::FunctionCounts& counts : trial.functions) {
    Function& function = functions[counts.id.Name()];
    function.calls.resize(trials + 1);
    function.own_seconds.resize(trials + 1);
    function.calls.back() += static_cast<double>(counts.calls) / units;
    function.counted += counts.calls;
    function.own_seconds.back() += static_cast<double>(counts.own_ns) * 1e-9 / units;
  }
  seconds_per_unit.push_back(trial.seconds_per_unit - WaitedSecondsOf(trial).value_or(0));
  ++trials;
}

std::vector<double> OwnTimes::OwnSeconds() const {
  std::vector<double> sums(trials);
  for (const auto& [name, function] : functions) {
    for (size_t i = 0; i < trials; ++i) sums[i] += ValueAt(function.own_seconds, i);
  }
  return sums;
}

double OwnTimes::Calls() const {
  double calls = 0;
  for (const auto& [name, function] : functions) calls += MeanOver(function.calls, trials);
  return calls;
}

double OwnTimes::AddedPerCall(double control_seconds) const {
  const double calls = Calls();
  if (calls <= 0) return 0;
  const double measured = std::min(MeanOf(OwnSeconds()), MeanOf(seconds_per_unit));
  return std::max(0.0, measured - control_seconds) / calls;
}

void OwnTimes::Scale(double factor) {
  for (auto& [name, function] : functions) {
    for (double& calls : function.calls) calls *= factor;
    for (double& seconds : function.own_seconds) seconds *= factor;
  }
}

OwnTimesOfBoth OwnTimesOf(const BlockedTrials& trials, size_t other_arm, const Settings& settings) {
  OwnTimesOfBoth times;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    const ArmTrial* first = nullptr;
    const ArmTrial* other = nullptr;
    for (const ArmTrial& one : block) {
      if (!one.is_replaced) (one.arm == other_arm ? other : first) = &one;
    }
    // 0 units: the window never opened in this trial.
    if (first == nullptr || other == nullptr) continue;
    if (UnitsOf(first->trial) <= 0 || UnitsOf(other->trial) <= 0) continue;
    times.first.Add(first->trial, settings);
    times.other.Add(other->trial, settings);
  }
  return times;
}

void SetDifferences(OwnTimesOfBoth times, double first_seconds, double other_seconds,
                    model::Comparison* comparison) {
  auto& [first, other] = times;
  if (!first.units_are_known || !other.units_are_known) other.Scale(1 / SharedRatio(times));
  // Measuring costs the same in both: two figures would differ by noise, which no interval shows.
  const double added = (first.AddedPerCall(first_seconds) + other.AddedPerCall(other_seconds)) / 2;
  comparison->own_blocks = first.trials;
  comparison->first_calls = first.Calls();
  comparison->other_calls = other.Calls();
  const std::vector<double> first_own = first.OwnSeconds();
  const std::vector<double> other_own = other.OwnSeconds();
  std::vector<double> changes;
  for (size_t i = 0; i < first.trials; ++i) changes.push_back(other_own[i] - first_own[i]);
  if (changes.empty()) return;
  comparison->own_change_seconds =
      model::Plus(statistics::MeanOfBlocks(changes),
                  added * (comparison->first_calls - comparison->other_calls));
  std::set<std::string> names;
  for (const auto& [name, function] : first.functions) names.insert(name);
  for (const auto& [name, function] : other.functions) names.insert(name);
  for (const std::string& name : names) {
    const OwnTimes::Function& before = FunctionIn(first, name);
    const OwnTimes::Function& after = FunctionIn(other, name);
    model::FunctionDifference& difference = comparison->functions.emplace_back();
    difference.name = name;
    difference.first_calls = MeanOver(before.calls, first.trials);
    difference.other_calls = MeanOver(after.calls, other.trials);
    const double first_more = added * difference.first_calls;
    const double other_more = added * difference.other_calls;
    difference.first_own_seconds =
        std::max(0.0, MeanOver(before.own_seconds, first.trials) - first_more);
    difference.other_own_seconds =
        std::max(0.0, MeanOver(after.own_seconds, other.trials) - other_more);
    for (size_t i = 0; i < first.trials; ++i) {
      changes[i] = ValueAt(after.own_seconds, i) - ValueAt(before.own_seconds, i);
    }
    difference.own_change_seconds =
        model::Plus(statistics::MeanOfBlocks(changes), first_more - other_more);
  }
  std::stable_sort(comparison->functions.begin(), comparison->functions.end(),
                   [](const auto& a, const auto& b) {
                     const auto key = [](const model::FunctionDifference& difference) {
                       return std::pair(SureSize(difference.own_change_seconds),
                                        std::abs(difference.own_change_seconds.value));
                     };
                     return key(a) > key(b);
                   });
}

}  // namespace pyslow::steps
