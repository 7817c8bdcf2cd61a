#include "sweep/steps/subjects.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "patterns/escape.h"
#include "patterns/line_range.h"
#include "patterns/target_set.h"
#include "sweep/statistics/block_mean.h"

namespace pyslow::steps {
namespace {

constexpr char kOtherModules[] = "other modules";

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
  if (function.polls_per_unit.has_value()) return;  // its own time is waiting, and no work
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

// MODULE:QUALNAME, or with lines, for one name; "" if there is none.
std::string ExactName(const FunctionIdView& id) {
  absl::string_view function = id.qualname;
  patterns::LineRange lines;
  const bool has_lines = patterns::SplitQualnameOfLines(id.qualname, &function, &lines);
  if (!HasName(id.module) || !HasName(function)) return "";
  if (absl::StrContains(id.module, "/")) return "";  // it would match the file name
  return absl::StrCat(patterns::EscapedName(id.module), ":", patterns::EscapedName(function),
                      has_lines ? lines.Text() : "");
}

// Returns the group's index. `options`: of the heading, such as ", on=call".
uint32_t AddGroup(const std::string& name, const std::string& patterns, model::Setup* setup,
                  absl::string_view options = "") {
  setup->groups.push_back(name);
  absl::StrAppend(&setup->targets, "[", name, options, "]\n", patterns);
  return static_cast<uint32_t>(setup->groups.size() - 1);
}

void AddSubject(const std::string& name, const std::string& patterns, Subjects* result,
                absl::string_view options = "") {
  Subject subject;
  subject.name = name;
  subject.groups = {AddGroup(name, patterns, &result->setup, options)};
  result->subjects.push_back(std::move(subject));
}

}  // namespace

std::string ProcessOption(const FunctionId& id) {
  const absl::string_view process = ProcessPartsOf(id.View()).process;
  return process.empty() ? "" : absl::StrCat(", process=", process);
}

bool ExactPattern(const FunctionId& id, std::string* pattern) {
  const FunctionIdView function = ProcessPartsOf(id.View()).id;
  const std::optional<CallParts> call = CallPartsOf(function);
  const std::string name = ExactName(call.has_value() ? call->callee : function);
  const std::string caller = call.has_value() ? ExactName(call->caller) : "";
  if (name.empty() || (call.has_value() && caller.empty())) return false;
  *pattern = absl::StrCat(caller, call.has_value() ? kCallArrow : "", name, "\n");
  return true;
}

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
    function.own_seconds_per_unit = OwnTimeOf(called.own_seconds_per_unit);
    function.polls_per_unit = called.polls_per_unit;
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

std::string PackageOf(const std::string& module) { return module.substr(0, module.find('.')); }

Subjects PackagesOf(size_t max_groups, double units, std::vector<CalledFunction>* counted) {
  std::map<std::string, std::pair<double, uint64_t>> sizes;  // own time, calls
  for (const CalledFunction& function : *counted) {
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
  std::map<std::string, uint32_t> groups;
  for (const auto& [size, package] : packages) {
    groups.emplace(package, static_cast<uint32_t>(groups.size()));
    AddSubject(package, absl::StrCat(package, ":*\n", package, ".*:*\n"), &result);
  }
  const auto others = static_cast<uint32_t>(groups.size());
  AddSubject(kOtherModules, "*:*\n", &result);
  for (CalledFunction& function : *counted) {
    const auto found = groups.find(PackageOf(function.id.module));
    function.group = found != groups.end() ? found->second : others;
  }
  SetCalls(*counted, units, &result);
  return result;
}

std::string SameElsewhere(const FunctionId& id, const std::vector<CalledFunction>& all,
                          std::vector<std::string>* groups, absl::string_view lines) {
  std::string text;
  if (!ProcessOption(id).empty()) return text;
  for (const CalledFunction& other : all) {
    const FunctionIdView same = ProcessPartsOf(other.id.View()).id;
    const std::string option = ProcessOption(other.id);
    std::string pattern;
    if (option.empty() || same.module != id.module || same.qualname != id.qualname ||
        other.id.IsPython() != id.IsPython() || !ExactPattern(other.id, &pattern)) {
      continue;
    }
    groups->push_back(absl::StrCat("elsewhere ", groups->size() + 1));
    absl::StrAppend(&text, "[", groups->back(), option, id.IsPython() ? "" : ", on=call", "]\n",
                    absl::StripSuffix(pattern, "\n"), lines, "\n");
  }
  return text;
}

namespace {

// The functions of `all` in the processes of a GLOB that are not in `counted`.
std::vector<CalledFunction> ElsewhereIn(const std::vector<CalledFunction>& counted,
                                        const std::vector<CalledFunction>& all) {
  std::set<FunctionId> ids;
  for (const CalledFunction& function : counted) ids.insert(function.id);
  std::vector<CalledFunction> others;
  for (const CalledFunction& function : all) {
    if (!ProcessOption(function.id).empty() && !ids.contains(function.id)) {
      others.push_back(function);
    }
  }
  return others;
}

// The indices of `counted`, those of functions in the processes of a GLOB first: a group without
// one, if it came first, would have their calls.
std::vector<size_t> ProcessesFirst(const std::vector<CalledFunction>& counted) {
  std::vector<size_t> places(counted.size());
  std::iota(places.begin(), places.end(), size_t{0});
  std::stable_partition(places.begin(), places.end(),
                        [&](size_t place) { return !ProcessOption(counted[place].id).empty(); });
  return places;
}

void SortBy(const std::vector<size_t>& places, std::vector<Subject>* subjects) {
  std::map<size_t, Subject> sorted;
  for (size_t i = 0; i < places.size(); ++i) {
    sorted.emplace(places[i], std::move((*subjects)[i]));
  }
  subjects->clear();
  for (auto& [place, subject] : sorted) subjects->push_back(std::move(subject));
}

}  // namespace

Subjects FunctionsOf(const std::vector<CalledFunction>& counted,
                     const std::vector<CalledFunction>& all, double units) {
  Subjects result;
  result.setup.name = "functions";
  std::map<std::pair<std::string, bool>, size_t> known;
  std::vector<size_t> places;  // of the subjects in `counted`
  const std::vector<CalledFunction> others = ElsewhereIn(counted, all);
  for (const size_t place : ProcessesFirst(counted)) {
    const CalledFunction& function = counted[place];
    std::string pattern;
    if (!ExactPattern(function.id, &pattern)) continue;
    const std::string name = function.id.Name();
    const bool is_python = function.id.IsPython();
    const auto [entry, is_new] = known.emplace(std::pair(name, is_python), result.subjects.size());
    if (!is_new) {  // of another file or line: one target matches both
      Add(function, &result.subjects[entry->second]);
      continue;
    }
    absl::StrAppend(&result.setup.targets,
                    SameElsewhere(function.id, others, &result.setup.groups));
    // A heading holds no colon, so a group's name is a number.
    AddSubject(absl::StrCat("function ", result.subjects.size() + 1), pattern, &result,
               absl::StrCat(is_python ? "" : ", on=call", ProcessOption(function.id)));
    Subject& subject = result.subjects.back();
    subject.kind = model::SubjectKind::kFunction;
    subject.name = name;
    subject.function = function.id;
    Add(function, &subject);
    places.push_back(place);
  }
  SortBy(places, &result.subjects);
  SetCallsPerUnit(units, &result);
  return result;
}

bool AddLines(const std::vector<CalledFunction>& lines, double units, Subjects* subjects) {
  Subject subject;
  std::string patterns;
  FunctionId id = lines.front().id;
  patterns::LineRange range;
  for (const CalledFunction& line : lines) {
    const auto [whole, process] = ProcessPartsOf(line.id.View());
    std::string pattern;
    absl::string_view function;
    patterns::LineRange one;
    if (!ExactPattern(line.id, &pattern) ||
        !patterns::SplitQualnameOfLines(whole.qualname, &function, &one)) {
      return false;
    }
    patterns.append(pattern);
    if (range.first == 0) range.first = one.first;
    range.last = one.last;
    id.qualname = QualnameIn(patterns::QualnameOfLines(function, range), process);
    Add(line, &subject);
  }
  subject.kind = model::SubjectKind::kFunction;
  subject.name = id.Name();
  subject.lines = {range.first, range.last};
  subject.calls_per_unit = subject.calls_per_trial / units;
  if (subject.calls_per_trial > 0) {
    const std::string name = absl::StrCat("lines ", subjects->setup.groups.size() + 1);
    subject.groups = {AddGroup(name, patterns, &subjects->setup, ProcessOption(id))};
  }
  subject.function = std::move(id);
  subjects->subjects.push_back(std::move(subject));
  return true;
}

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

void SetCalls(const std::vector<CalledFunction>& counted, double units, Subjects* subjects) {
  std::map<uint32_t, Subject*> by_group;
  for (Subject& subject : subjects->subjects) {
    for (const uint32_t group : subject.groups) by_group.emplace(group, &subject);
    subject.calls_per_trial = 0;
    subject.own_seconds_per_unit.clear();
    subject.seldom_own_seconds_per_unit.clear();
    subject.seldom.clear();
    subject.seldom_seconds = 0;
  }
  for (const CalledFunction& function : counted) {
    const auto found = by_group.find(function.group);
    if (found != by_group.end()) Add(function, found->second);
  }
  SetCallsPerUnit(units, subjects);
  SortByCalls(&subjects->subjects);
}

}  // namespace pyslow::steps
