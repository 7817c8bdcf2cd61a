#include "sweep/steps/subjects.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "patterns/target_set.h"
#include "sweep/statistics/block_mean.h"

namespace pyslow::steps {
namespace {

constexpr char kOtherModules[] = "other modules";
// Characters with a meaning in a target file (pyslow-targets(5)), and blanks, which it trims.
constexpr absl::string_view kSpecial = "\\*?[]!#: \t";

bool HasName(absl::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
}

void SortByCalls(std::vector<Subject>* subjects) {
  std::stable_sort(subjects->begin(), subjects->end(), [](const Subject& a, const Subject& b) {
    return a.calls_per_unit > b.calls_per_unit;
  });
}

// A package can be a group if a heading and a pattern hold its name unchanged.
bool CanBeGroup(const std::string& package) {
  return HasName(package) && package.size() <= patterns::TargetSet::kMaxGroupNameBytes &&
         package != kOtherModules && package.find_first_of("\\*?[]!#:, \t/") == std::string::npos;
}

void AddSeldom(const std::string& name, const std::vector<double>& own_seconds_per_unit,
               Subject* subject) {
  AddOwnTime(own_seconds_per_unit, &subject->seldom_own_seconds_per_unit);
  const double seconds = OwnSecondsOf(own_seconds_per_unit);
  if (seconds <= subject->seldom_seconds) return;
  subject->seldom = name;
  subject->seldom_seconds = seconds;
}

void Add(const CalledFunction& function, Subject* subject) {
  constexpr uint64_t kSeldom = 2;
  subject->calls_per_trial += static_cast<double>(function.calls);
  AddOwnTime(function.own_seconds_per_unit, &subject->own_seconds_per_unit);
  if (function.calls <= kSeldom) {
    AddSeldom(function.id.Name(), function.own_seconds_per_unit, subject);
  }
}

void SetCallsPerUnit(double units, Subjects* subjects) {
  for (Subject& subject : subjects->subjects) {
    subject.calls_per_unit = subject.calls_per_trial / units;
  }
}

void AddGroup(const std::string& name, const std::string& patterns, Subjects* result) {
  Subject subject;
  subject.name = name;
  subject.groups = {static_cast<uint32_t>(result->setup.groups.size())};
  result->subjects.push_back(std::move(subject));
  result->setup.groups.push_back(name);
  absl::StrAppend(&result->setup.targets, "[", name, "]\n", patterns);
}

}  // namespace

void AddOwnTime(const std::vector<double>& part, std::vector<double>* whole) {
  whole->resize(std::max(whole->size(), part.size()));
  for (size_t i = 0; i < part.size(); ++i) (*whole)[i] += part[i];
}

model::Estimate OwnTimeOf(const std::vector<double>& own_seconds_per_unit) {
  constexpr size_t kMinTrials = 4;
  constexpr double kFarAbove = 1.25;
  if (own_seconds_per_unit.empty()) return {};
  std::vector<double> kept = own_seconds_per_unit;
  if (kept.size() >= kMinTrials) {
    const auto middle = kept.begin() + static_cast<ptrdiff_t>((kept.size() - 1) / 2);
    std::nth_element(kept.begin(), middle, kept.end());
    const double most = kFarAbove * *middle;
    std::erase_if(kept, [most](double seconds) { return seconds > most; });
  }
  return statistics::MeanOfBlocks(kept);
}

void SetOwnTrials(double seconds, double all_calls_per_unit, Subjects* subjects) {
  for (Subject& subject : subjects->subjects) {
    subject.own_trial_seconds = seconds;
    subject.all_calls_per_unit = all_calls_per_unit;
  }
}

model::Estimate OwnTimeIn(const Subject& subject, double control_seconds) {
  model::Estimate own = OwnTimeOf(subject.own_seconds_per_unit);
  if (subject.all_calls_per_unit <= 0) return own;
  const double added = std::max(0.0, subject.own_trial_seconds - control_seconds) *
                       subject.calls_per_unit / subject.all_calls_per_unit;
  own.value = std::max(0.0, own.value - added);
  if (own.range.has_value()) {
    own.range = model::Range{own.range->low - added, std::max(0.0, own.range->high - added)};
  }
  return own;
}

double OwnSecondsOf(const std::vector<double>& own_seconds_per_unit) {
  return OwnTimeOf(own_seconds_per_unit).value;
}

std::vector<model::CountedFunction> CountedFunctionsOf(const std::vector<CalledFunction>& counted,
                                                       double units) {
  std::vector<model::CountedFunction> functions;
  functions.reserve(counted.size());
  for (const CalledFunction& called : counted) {
    model::CountedFunction& function = functions.emplace_back();
    function.id = called.id;
    function.calls_per_unit = static_cast<double>(called.calls) / units;
    function.processes = called.processes;
    function.own_seconds_per_unit = OwnSecondsOf(called.own_seconds_per_unit);
    function.only_outside_window = called.calls == 0 && called.calls_outside > 0;
  }
  std::stable_sort(functions.begin(), functions.end(), [](const auto& a, const auto& b) {
    return a.calls_per_unit > b.calls_per_unit;
  });
  return functions;
}

double FirstOwnSecondsOf(const std::vector<double>& own_seconds_per_unit) {
  return own_seconds_per_unit.empty() ? 0 : own_seconds_per_unit.front();
}

bool EscapeGlob(const std::string& text, std::string* glob) {
  if (!HasName(text)) return false;
  glob->clear();
  for (const char c : text) {
    if (kSpecial.find(c) != absl::string_view::npos) glob->push_back('\\');
    glob->push_back(c);
  }
  return true;
}

std::string PackageOf(const std::string& module) { return module.substr(0, module.find('.')); }

Subjects PackagesOf(const std::vector<CalledFunction>& counted, size_t max_groups, double units) {
  std::map<std::string, std::pair<double, uint64_t>> sizes;  // own time, calls
  for (const CalledFunction& function : counted) {
    if (function.calls == 0) continue;
    auto& [own_seconds, calls] = sizes[PackageOf(function.id.module)];
    own_seconds += FirstOwnSecondsOf(function.own_seconds_per_unit);
    calls += function.calls;
  }
  std::vector<std::pair<std::pair<double, uint64_t>, std::string>> packages;
  for (const auto& [package, size] : sizes) {
    if (CanBeGroup(package)) packages.emplace_back(size, package);
  }
  std::sort(packages.begin(), packages.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  packages.resize(std::min(packages.size(), max_groups - 1));
  Subjects result;
  result.setup.name = "groups";
  for (const auto& [size, package] : packages) {
    AddGroup(package, absl::StrCat(package, ":*\n", package, ".*:*\n"), &result);
  }
  AddGroup(kOtherModules, "*:*\n", &result);
  std::map<std::string, Subject*> by_name;
  for (Subject& subject : result.subjects) by_name.emplace(subject.name, &subject);
  for (const CalledFunction& function : counted) {
    const auto found = by_name.find(PackageOf(function.id.module));
    Add(function, found != by_name.end() ? found->second : &result.subjects.back());
  }
  SetCallsPerUnit(units, &result);
  SortByCalls(&result.subjects);
  return result;
}

Subjects FunctionsOf(const std::vector<CalledFunction>& counted, double units) {
  Subjects result;
  result.setup.name = "functions";
  std::map<std::string, size_t> known;
  for (const CalledFunction& function : counted) {
    std::string module;
    std::string qualname;
    if (!EscapeGlob(function.id.module, &module) || !EscapeGlob(function.id.qualname, &qualname))
      continue;
    if (absl::StrContains(module, "/")) continue;  // a pattern with a slash matches the file name
    const std::string name = function.id.Name();
    const auto [entry, is_new] = known.emplace(name, result.subjects.size());
    if (!is_new) {  // of another file or line: one target matches both
      Add(function, &result.subjects[entry->second]);
      continue;
    }
    // A heading holds no colon, so a group's name is a number.
    AddGroup(absl::StrCat("function ", result.subjects.size() + 1),
             absl::StrCat(module, ":", qualname, "\n"), &result);
    Subject& subject = result.subjects.back();
    subject.kind = model::SubjectKind::kFunction;
    subject.name = name;
    subject.function = function.id;
    Add(function, &subject);
  }
  SetCallsPerUnit(units, &result);
  return result;
}

namespace {

// A later step studies single functions, which it selects by module and qualname alone.
absl::Status CheckSelectsFunctions(const patterns::TargetSet& set) {
  for (const patterns::Target& target : set.targets()) {
    const bool is_native = set.groups()[target.group].on_call;
    if (!is_native && !target.HasCaller()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(set.Where(target), ": '", Excerpt(target.text), "' ",
                     is_native ? "is in a group with on=call" : "has a caller",
                     "; pyslow-sweep studies Python functions, so delay it with pyslow"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Subjects> GroupsOf(const std::string& targets_file,
                                  const std::vector<std::string>& targets,
                                  const std::vector<std::string>& groups) {
  Subjects result;
  result.setup.name = "groups";
  patterns::TargetSet set;
  for (const std::string& target : targets) {
    if (absl::Status status = set.AddInPlace(target, "--target"); !status.ok()) return status;
    absl::StrAppend(&result.setup.targets, target, "\n");
  }
  if (!targets_file.empty()) {
    const absl::StatusOr<std::string> text = ReadRegularFile(targets_file, kMaxTargetsBytes);
    if (!text.ok()) {
      return At(targets_file, text.status());
    }
    if (absl::Status status = set.AddText(*text, targets_file); !status.ok()) return status;
    absl::StrAppend(&result.setup.targets, *text);
  }
  if (absl::Status status = set.Check(); !status.ok()) return status;
  if (absl::Status status = CheckSelectsFunctions(set); !status.ok()) return status;
  if (absl::Status status = set.SelectGroups(groups); !status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--group: ", status.message()));
  }
  for (const patterns::Group& group : set.groups()) {
    if (group.selected) {
      Subject subject;
      subject.name = group.name;
      subject.groups = {static_cast<uint32_t>(result.setup.groups.size())};
      result.subjects.push_back(std::move(subject));
      if (!groups.empty()) result.setup.chosen.push_back(group.name);
    }
    result.setup.groups.push_back(group.name);
  }
  return result;
}

void AddCalls(const std::vector<CalledFunction>& counted, double units, Subjects* subjects) {
  for (Subject& subject : subjects->subjects) {
    for (const CalledFunction& function : counted) {
      if (function.group == subject.groups.front()) Add(function, &subject);
    }
  }
  SetCallsPerUnit(units, subjects);
  SortByCalls(&subjects->subjects);
}

}  // namespace pyslow::steps
