#include "sweep/model/sweep_diff.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/string_view.h"

namespace pyslow::model {
namespace {

constexpr double kOtherDelays = 1.5;
// Settings that two sweeps of the same question need not share.
constexpr std::array<absl::string_view, 3> kFree = {"seed", "command", "other version"};

// Subjects are the same if their kind and name are.
using Key = std::pair<SubjectKind, std::string>;
using Results = std::map<Key, const Result*>;

Results ByKey(const std::vector<const Result*>& results) {
  Results by_key;
  for (const Result* const result : results)
    by_key.emplace(Key{result->kind, result->name}, result);
  return by_key;
}

FigureDiff Diff(const std::optional<Estimate>& first, const std::optional<Estimate>& other) {
  FigureDiff diff = {first, other, std::nullopt};
  if (first.has_value() && other.has_value()) diff.change = Difference(*other, *first);
  return diff;
}

std::optional<Estimate> CriticalCalls(const Result& result) {
  if (result.curve.levels.size() < 2) return std::nullopt;
  return result.curve.critical_calls;
}

// As measured, with its interval; of other subjects the value alone.
std::optional<Estimate> OwnTimeOf(const Findings& findings, const Result& result) {
  if (result.function.has_value()) {
    for (const CountedFunction& function : findings.counted) {
      const bool is_same = function.id.module == result.function->module &&
                           function.id.qualname == result.function->qualname;
      if (is_same && function.own_seconds_per_unit.value > 0) return function.own_seconds_per_unit;
    }
  }
  if (result.own_seconds_per_unit <= 0) return std::nullopt;
  return Estimate{result.own_seconds_per_unit, std::nullopt};
}

// The names of subjects and of functions that are called. `groups`: also of subsystems.
std::set<std::string> NamesOf(const Findings& findings, bool groups) {
  std::set<std::string> names;
  if (groups) {
    for (const Result& group : findings.groups) names.insert(group.name);
  }
  for (const Result& function : findings.functions) names.insert(function.name);
  for (const CountedFunction& function : findings.counted) {
    if (function.calls_per_unit > 0) names.insert(function.id.Name());
  }
  return names;
}

std::vector<std::string> Without(const std::set<std::string>& names,
                                 const std::set<std::string>& others) {
  std::vector<std::string> left;
  std::set_difference(names.begin(), names.end(), others.begin(), others.end(),
                      std::back_inserter(left));
  return left;
}

void AddSettings(const std::vector<std::pair<std::string, std::string>>& first,
                 const std::vector<std::pair<std::string, std::string>>& other,
                 std::vector<SettingDiff>* diffs) {
  std::map<std::string, std::string> there(other.begin(), other.end());
  const auto add = [diffs](const std::string& name, const std::string& a, const std::string& b) {
    const bool is_free = std::find(kFree.begin(), kFree.end(), name) != kFree.end();
    if (a != b) diffs->push_back({name, a, b, !is_free});
  };
  for (const auto& [name, value] : first) {
    add(name, value, there[name]);
    there.erase(name);
  }
  for (const auto& [name, value] : there) add(name, "", value);
}

int64_t LargestDelayOf(const Findings& findings) {
  const bool has_curve = findings.global.has_value() && !findings.global->curve.levels.empty();
  return has_curve ? findings.global->curve.levels.back().delay_ns : 0;
}

// first / other − 1, of independent estimates.
std::optional<Estimate> RatioLessOne(const FigureDiff& seconds) {
  if (!seconds.change.has_value() || seconds.other->value <= 0) return std::nullopt;
  // By the difference first − ratio × other = 0 (Fieller, without its rare cases).
  const double ratio = seconds.first->value / seconds.other->value;
  const Estimate zero = Difference(*seconds.first, Times(*seconds.other, ratio));
  Estimate change = {ratio - 1, std::nullopt};
  if (zero.range.has_value()) {
    change.range = Range{change.value + zero.range->low / seconds.other->value,
                         change.value + zero.range->high / seconds.other->value};
  }
  return change;
}

}  // namespace

SweepDiff DiffOf(const Findings& first, const Findings& other) {
  SweepDiff diff;
  if (first.control.has_value() && other.control.has_value()) {
    diff.control_seconds = Diff(first.control->seconds_per_unit, other.control->seconds_per_unit);
    diff.control_change = RatioLessOne(diff.control_seconds);
  }
  const Results there = ByKey(ResultsOf(other));
  for (const Result* const result : ResultsOf(first)) {
    const auto found = there.find({result->kind, result->name});
    if (found == there.end()) continue;
    SubjectDiff& subject = diff.subjects.emplace_back();
    subject.first = result;
    subject.other = found->second;
    const CurveFinding& a = result->curve;
    const CurveFinding& b = found->second->curve;
    subject.kappa = Diff(a.kappa, b.kappa);
    subject.critical_calls = Diff(CriticalCalls(*result), CriticalCalls(*found->second));
    subject.slack_seconds = Diff(a.slack_seconds_per_call, b.slack_seconds_per_call);
    subject.own_seconds = Diff(OwnTimeOf(first, *result), OwnTimeOf(other, *found->second));
    subject.change_at_largest_dose = Diff(a.change_at_largest_dose, b.change_at_largest_dose);
  }
  // A sweep that ended before the subsystems does not know which there are.
  const bool both_have_groups = !first.groups.empty() && !other.groups.empty();
  const std::set<std::string> first_names = NamesOf(first, both_have_groups);
  const std::set<std::string> other_names = NamesOf(other, both_have_groups);
  diff.gone = Without(first_names, other_names);
  diff.added = Without(other_names, first_names);
  AddSettings(first.machine, other.machine, &diff.settings);
  AddSettings(first.settings, other.settings, &diff.settings);
  const int64_t first_ns = LargestDelayOf(first);
  const int64_t other_ns = LargestDelayOf(other);
  const auto [least, most] = std::minmax(first_ns, other_ns);
  if (least > 0 && static_cast<double>(most) > kOtherDelays * static_cast<double>(least)) {
    diff.first_largest_ns = first_ns;
    diff.other_largest_ns = other_ns;
  }
  return diff;
}

}  // namespace pyslow::model
