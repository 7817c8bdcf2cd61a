#include "report/unmatched_targets.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "patterns/line_range.h"
#include "patterns/matcher.h"
#include "patterns/near_miss.h"
#include "patterns/target_set.h"
#include "report/target_hint.h"
#include "report/unused_roles.h"

namespace pyslow::report {
namespace {

// Parses the texts into one set, in order. Empty if a text is not a target, as a session directory
// may hold any text.
patterns::TargetSet SetOf(const std::vector<uint32_t>& targets, const session::Settings& settings) {
  std::string text;
  for (const uint32_t target : targets) {
    absl::StrAppend(&text, settings.targets[target].text, "\n");
  }
  patterns::TargetSet set;
  if (!set.AddInPlace(text, "targets").ok() || set.targets().size() != targets.size()) return {};
  return set;
}

// The identity of a function without the process that it was counted in.
FunctionIdView PlainId(const FunctionId& id) { return ProcessPartsOf(id.View()).id; }

// A function in the records, with the group that counts it, if one does.
struct CalledFunction {
  FunctionIdView id;
  std::optional<uint32_t> group;
};

// All functions in the records. An alias has the group of its code.
std::vector<CalledFunction> CalledFunctions(const session::SessionSnapshot& session) {
  std::vector<CalledFunction> called;
  called.reserve(session.functions.size() + session.unmatched.size());
  std::map<FunctionIdView, uint32_t> groups;  // without first_line, as AliasParts::code
  for (const session::FunctionSnapshot& function : session.functions) {
    const FunctionIdView id = PlainId(function.id);
    if (patterns::IsPartOfFunction(id)) continue;
    called.push_back({id, function.group});
    groups.emplace(FunctionIdView{id.module, id.qualname, id.file}, function.group);
  }
  for (const FunctionId& id : session.unmatched) {
    if (patterns::IsPartOfFunction(id.View())) continue;
    called.push_back({id.View(), std::nullopt});
    const auto alias = AliasPartsOf(id.View());
    const auto counted = alias.has_value() ? groups.find(alias->code) : groups.end();
    if (counted != groups.end()) called.back().group = counted->second;
  }
  return called;
}

// Whether a function that was counted in `counted` would otherwise have been counted in `group`: in
// the same processes, or wherever it is called.
bool MayShadow(const session::Group& counted, const session::Group& group) {
  return group.process.empty() || counted.process.empty() || counted.process == group.process;
}

// Selects the functions that a target of a group can count, if it names them.
class Countable {
 public:
  explicit Countable(const session::SessionSnapshot& session)
      : groups_(session.settings.groups),
        called_(CalledFunctions(session)),
        counts_(CountedKindsOf(session.settings)) {}

  std::vector<FunctionIdView> By(const patterns::Target& target, uint32_t group) const {
    std::vector<FunctionIdView> functions;
    for (const CalledFunction& function : called_) {
      if (CountsKind(target, group, function.id) && !IsEarlier(function.group, group)) {
        functions.push_back(function.id);
      }
    }
    return functions;
  }

  // Why a target that names no function seen here may count none.
  std::string KindHint(const patterns::Target& target, uint32_t group) const {
    if (target.HasLines() || target.HasCaller()) return "";
    if (!counts_.native[group]) return "if it is written in C, it counts with --on call";
    if (!counts_.python[group]) return "if it is a Python function, it counts with --on start,call";
    return "if C code alone calls it (map, sort), it has no event; delay its callers";
  }

 private:
  bool CountsKind(const patterns::Target& target, uint32_t group, const FunctionIdView& id) const {
    if (target.HasCaller()) return true;
    if (target.HasLines()) return id.IsPython();
    return id.IsPython() ? counts_.python[group] : counts_.native[group];
  }
  // Whether an earlier group counts the function instead.
  bool IsEarlier(std::optional<uint32_t> counted, uint32_t group) const {
    return counted.has_value() && *counted < group && MayShadow(groups_[*counted], groups_[group]);
  }

  const std::vector<session::Group>& groups_;
  const std::vector<CalledFunction> called_;
  const CountedKinds counts_;
};

void MarkShadowed(const session::SessionSnapshot& session, const patterns::TargetSet& set,
                  std::vector<UnmatchedTarget>* unmatched) {
  const session::Settings& settings = session.settings;
  patterns::Matcher matcher(set);
  for (const session::FunctionSnapshot& function : session.functions) {
    const FunctionIdView id = PlainId(function.id);
    if (patterns::IsPartOfFunction(id)) continue;
    patterns::Scope scope = matcher.EnterScope(id.module, "", id.file);
    const patterns::Match match = matcher.Find(&scope, id.qualname);
    if (!match.found()) continue;
    UnmatchedTarget& target = (*unmatched)[match.target];
    const uint32_t group = settings.targets[target.target].group;
    // A later group counts it in processes where the target's group does not apply.
    const bool is_earlier = function.group <= group;
    if (is_earlier && MayShadow(settings.groups[function.group], settings.groups[group])) {
      target.shadowed = true;
    }
  }
}

}  // namespace

std::vector<UnmatchedTarget> FindUnmatched(const session::SessionSnapshot& session) {
  const session::Settings& settings = session.settings;
  std::vector<bool> credited(settings.targets.size());
  for (const session::FunctionSnapshot& function : session.functions) {
    credited[function.target] = true;
  }
  std::vector<UnmatchedTarget> unmatched;
  for (uint32_t i = 0; i < settings.targets.size(); ++i) {
    const session::Target& target = settings.targets[i];
    if (credited[i] || target.exclusion || !settings.groups[target.group].chosen) continue;
    unmatched.push_back({i, false, {}, {}});
  }
  std::vector<uint32_t> targets;
  for (const UnmatchedTarget& target : unmatched) targets.push_back(target.target);
  const patterns::TargetSet set = SetOf(targets, settings);
  if (set.targets().empty()) return unmatched;
  MarkShadowed(session, set, &unmatched);
  const Countable countable(session);
  for (size_t i = 0; i < std::min(unmatched.size(), kMaxSuggested); ++i) {
    if (unmatched[i].shadowed) continue;
    const session::Target& target = settings.targets[unmatched[i].target];
    if (!AppliesSomewhere(target.group, session)) {
      unmatched[i].hint = "its group applied in no process";
      continue;
    }
    const patterns::Target& parsed = set.targets()[i];
    unmatched[i].near = patterns::NearMisses(parsed, countable.By(parsed, target.group));
    std::string& hint = unmatched[i].hint;
    hint = LinesHint(parsed, session.unmatched);
    if (hint.empty()) hint = RenamedModuleHint(parsed);
    if (hint.empty() && unmatched[i].near.empty()) hint = countable.KindHint(parsed, target.group);
  }
  return unmatched;
}

std::vector<uint32_t> FindOperators(const session::Settings& settings) {
  std::vector<uint32_t> chosen;
  for (uint32_t i = 0; i < settings.targets.size(); ++i) {
    const session::Target& target = settings.targets[i];
    if (!target.exclusion && settings.groups[target.group].chosen) chosen.push_back(i);
  }
  const patterns::TargetSet set = SetOf(chosen, settings);
  const std::vector<bool> counts_native = CountedKindsOf(settings).native;
  std::vector<uint32_t> operators;
  for (size_t i = 0; i < set.targets().size(); ++i) {
    const patterns::Target& target = set.targets()[i];
    const bool is_native = target.HasCaller() || counts_native[settings.targets[chosen[i]].group];
    if (is_native && NamesAnOperator(target)) operators.push_back(chosen[i]);
  }
  return operators;
}

}  // namespace pyslow::report
