#include "sweep/trials/live_functions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "session/function_cells.h"

namespace pyslow::trials {
namespace {

bool IsSame(const Instrumentation& a, const Instrumentation& b) {
  return a.targets == b.targets && a.chosen == b.chosen;
}

// The name that a part of a target without wildcards matches; nullopt if it has one.
std::optional<std::string> LiteralName(absl::string_view part) {
  std::string name;
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '*' || part[i] == '?' || part[i] == '[') return std::nullopt;
    if (part[i] == '\\' && i + 1 < part.size()) ++i;
    name += part[i];
  }
  return name;
}

bool HasExclusions(const patterns::TargetSet& set) {
  return std::any_of(set.targets().begin(), set.targets().end(),
                     [](const patterns::Target& target) { return target.excludes; });
}

bool HasFilePatterns(const patterns::TargetSet& set) {
  return std::any_of(set.targets().begin(), set.targets().end(),
                     [](const patterns::Target& target) { return target.MatchesFile(); });
}

// In a group with this text as process=GLOB, or in one without.
bool Selects(const patterns::TargetSet& set, const std::string& text,
             const std::string& process = "") {
  return std::any_of(set.targets().begin(), set.targets().end(),
                     [&](const patterns::Target& target) {
                       const patterns::Group& group = set.groups()[target.group];
                       return !target.excludes && target.text == text && group.selected &&
                              group.process == process;
                     });
}

// Whether each GLOB of `set` is one of `base`, whose functions are counted by them.
bool HasProcessesOf(const patterns::TargetSet& base, const patterns::TargetSet& set) {
  return std::all_of(set.groups().begin(), set.groups().end(), [&](const patterns::Group& group) {
    return group.process.empty() ||
           std::any_of(base.groups().begin(), base.groups().end(),
                       [&](const patterns::Group& one) { return one.process == group.process; });
  });
}

bool SelectsOnlyCalls(const patterns::TargetSet& set) {
  return std::all_of(set.targets().begin(), set.targets().end(),
                     [](const patterns::Target& target) { return target.SelectsCalls(); });
}

bool SelectsAll(const patterns::TargetSet& set) {
  return std::all_of(set.groups().begin(), set.groups().end(),
                     [](const patterns::Group& group) { return group.selected; });
}

}  // namespace

std::optional<uint32_t> LiveFunctions::IndexOf(const Instrumentation& instrumentation,
                                               const std::string& group) {
  const auto& groups = instrumentation.groups;
  const auto found = std::find(groups.begin(), groups.end(), group);
  if (found == groups.end()) return std::nullopt;
  return static_cast<uint32_t>(found - groups.begin());
}

absl::StatusOr<LiveFunctions::Targets> LiveFunctions::Compile(
    const Instrumentation& instrumentation) const {
  Targets targets;
  targets.instrumentation = instrumentation;
  targets.set = std::make_unique<patterns::TargetSet>();
  patterns::TargetSet& set = *targets.set;
  absl::Status status = set.AddText(instrumentation.targets, instrumentation.targets_file);
  if (status.ok()) status = set.Check();
  if (status.ok()) status = set.SelectGroups(SelectedGroups(instrumentation));
  if (!status.ok()) return status;
  using patterns::CallKind;
  targets.roles = std::make_unique<patterns::Roles>(set);
  targets.python = std::make_unique<patterns::CallMatcher>(
      set, *targets.roles, patterns::TargetsOfCalls(set, CallKind::kPython, true));
  targets.native = std::make_unique<patterns::CallMatcher>(
      set, *targets.roles, patterns::TargetsOfCalls(set, CallKind::kNative, on_call_));
  targets.lines = std::make_unique<patterns::LineMatcher>(set, *targets.roles);
  for (const patterns::Group& group : set.groups()) {
    targets.groups.push_back(IndexOf(instrumentation, group.name));
  }
  return targets;
}

absl::Status LiveFunctions::SetBase(const Instrumentation& base) {
  absl::StatusOr<Targets> targets = Compile(base);
  if (!targets.ok()) return targets.status();
  base_ = base;
  current_ = *std::move(targets);
  is_base_ = true;
  functions_.clear();
  by_key_.clear();
  return absl::OkStatus();
}

// Later setups name the functions that the base setup counted by their recorded module, so the
// second name of code in __main__ is not considered. A function that was counted in the processes
// of a GLOB belongs to a group with the same GLOB, or to one without.
patterns::Match LiveFunctions::Find(Targets* targets, const LiveFunction& function) {
  const auto [id, process] = ProcessPartsOf(function.id.View());
  const patterns::Role role = targets->roles->RoleOfGlob(process);
  if (const std::optional<CallParts> call = CallPartsOf(id)) {
    const auto names_of = [](const FunctionIdView& one) {
      return patterns::FunctionNames{one.module, "", one.file, one.qualname};
    };
    return FindCall(targets, role, names_of(call->caller), names_of(call->callee));
  }
  absl::string_view function_name;
  patterns::LineRange lines;
  if (patterns::SplitQualnameOfLines(id.qualname, &function_name, &lines)) {
    for (const patterns::LinesMatch& one :
         targets->lines->Find({id.module, "", id.file, function_name}, id.first_line, role)) {
      if (one.lines.Selects(lines)) return one.match;
    }
    return {};
  }
  patterns::CallMatcher& matcher = function.id.IsPython() ? *targets->python : *targets->native;
  return matcher.Find(patterns::CallMatcher::kAnyCaller, {id.module, "", id.file, id.qualname},
                      role);
}

// The match of a call that is counted as such; the record does not tell what is called.
patterns::Match LiveFunctions::FindCall(Targets* targets, patterns::Role role,
                                        const patterns::FunctionNames& caller,
                                        const patterns::FunctionNames& callee) {
  for (patterns::CallMatcher* const calls : {targets->python.get(), targets->native.get()}) {
    const patterns::Match match = calls->Find(calls->ClassOf(caller), callee, role);
    if (calls->IsOfCaller(match)) return match;
  }
  return {};
}

// With the base setup, the group that the program itself has found.
std::optional<uint32_t> LiveFunctions::GroupOf(const LiveFunction& function) {
  if (is_base_) return IndexOf(current_.instrumentation, function.base_group);
  const patterns::Match match = Find(&current_, function);
  if (!match.found() || !match.selected) return std::nullopt;
  return current_.groups[static_cast<size_t>(match.group)];
}

// Whether `target` names a single function that is in the base setup: it was recorded, or the base
// setup selects it in any file.
bool LiveFunctions::IsInBase(const patterns::Target& target, bool is_native, bool was_recorded,
                             Targets* base) {
  const std::optional<std::string> module = LiteralName(target.ModulePart());
  const std::optional<std::string> qualname = LiteralName(target.QualnamePart());
  if (target.MatchesFile() || !module.has_value() || !qualname.has_value()) return false;
  if (was_recorded) return true;
  if (target.HasLines()) return false;
  patterns::Match match;
  if (target.HasCaller()) {
    const std::optional<std::string> caller_module = LiteralName(target.CallerModulePart());
    const std::optional<std::string> caller = LiteralName(target.CallerQualnamePart());
    if (target.CallerMatchesFile() || !caller_module.has_value() || !caller.has_value()) {
      return false;
    }
    match = FindCall(base, patterns::kNoRole, {*caller_module, "", "", *caller},
                     {*module, "", "", *qualname});
  } else {
    patterns::CallMatcher& matcher = is_native ? *base->native : *base->python;
    match = matcher.any_caller().Find(*module, "", "", *qualname);
  }
  return match.found() && match.selected && !HasFilePatterns(*base->set);
}

// Errs on the side of false, which costs a start of the program.
bool LiveFunctions::Covers(Targets* targets) const {
  if (IsSame(targets->instrumentation, *base_)) return true;
  absl::StatusOr<Targets> base = Compile(*base_);
  if (!base.ok() || !HasProcessesOf(*base->set, *targets->set)) return false;
  const bool has_exclusions = HasExclusions(*base->set);
  const bool is_all = SelectsAll(*base->set) && Selects(*base->set, "*:*");
  const bool has_processes = !targets->roles->empty();
  if (!has_exclusions && is_all && !has_processes && SelectsOnlyCalls(*targets->set)) return true;
  std::vector<bool> is_known(targets->set->targets().size());
  for (const LiveFunction& function : functions_) {
    const patterns::Match match = Find(targets, function);
    if (match.found()) is_known[static_cast<size_t>(match.target)] = true;
  }
  for (size_t i = 0; i < is_known.size(); ++i) {
    const patterns::Target& target = targets->set->targets()[i];
    const patterns::Group& group = targets->set->groups()[target.group];
    // The base setup selects the function of --progress too.
    const bool is_needed =
        !target.excludes && group.selected && group.name != targets->instrumentation.progress_group;
    if (!is_needed || (!has_exclusions && Selects(*base->set, target.text, group.process))) {
      continue;
    }
    if (!group.process.empty() && !is_known[i]) return false;
    if (!IsInBase(target, group.on_call, is_known[i], &*base)) return false;
  }
  return true;
}

absl::StatusOr<bool> LiveFunctions::Select(const Instrumentation& setup) {
  absl::StatusOr<Targets> targets = Compile(setup);
  if (!targets.ok()) return targets.status();
  if (!Covers(&*targets)) return false;
  current_ = *std::move(targets);
  is_base_ = IsSame(current_.instrumentation, *base_);
  for (LiveFunction& function : functions_) function.group = GroupOf(function);
  return true;
}

size_t LiveFunctions::Add(const session::SessionSnapshot& snapshot) {
  const size_t before = functions_.size();
  for (const session::FunctionSnapshot& function : snapshot.functions) {
    const uint64_t key = session::FunctionKey(function.id.View());
    if (!by_key_.emplace(key, functions_.size()).second) continue;
    LiveFunction& added = functions_.emplace_back();
    added.key = key;
    added.id = function.id;
    added.base_group = snapshot.settings.groups[function.group].name;
    added.group = GroupOf(added);
  }
  return before;
}

session::SessionSnapshot LiveFunctions::Regrouped(session::SessionSnapshot snapshot) {
  Add(snapshot);
  const std::vector<std::string>& groups = current_.instrumentation.groups;
  const auto no_group = static_cast<uint32_t>(groups.size());
  for (session::FunctionSnapshot& function : snapshot.functions) {
    const uint64_t key = session::FunctionKey(function.id.View());
    function.group = functions_[by_key_[key]].group.value_or(no_group);
  }
  snapshot.settings.groups.clear();
  for (const std::string& group : groups) snapshot.settings.groups.push_back({group, {}, true});
  snapshot.settings.groups.emplace_back();  // no_group
  return snapshot;
}

}  // namespace pyslow::trials
