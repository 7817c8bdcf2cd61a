#include "report/unmatched_targets.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "patterns/line_range.h"
#include "patterns/main_names.h"
#include "patterns/near_miss.h"
#include "patterns/target_set.h"
#include "report/target_facts.h"
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

std::vector<FunctionIdView> IdsOf(const std::vector<CalledFunction>& called) {
  std::vector<FunctionIdView> ids;
  ids.reserve(called.size());
  for (const CalledFunction& function : called) ids.push_back(function.id);
  return ids;
}

// Selects the functions that a target of a group can count, if it names them.
class Countable {
 public:
  // The arguments must outlive this object.
  Countable(const std::vector<CalledFunction>& called, const CountedKinds& counts,
            GroupOrder* order)
      : called_(called), counts_(counts), order_(*order) {}

  std::vector<FunctionIdView> By(const patterns::Target& target, uint32_t group) const {
    std::vector<FunctionIdView> functions;
    for (const CalledFunction& function : called_) {
      if (counts_.Include(target, group, function.id) && !IsEarlier(function.group, group)) {
        functions.push_back(function.id);
      }
    }
    return functions;
  }

  // Why a target that names no function seen here may count none.
  std::string KindHint(const patterns::Target& target, uint32_t group) const {
    if (target.HasLines() || target.HasCaller()) return "";
    if (absl::StrContains(target.ModulePart(), '/')) {
      if (counts_.python[group]) return "";
      return "a slash in front of the colon means a file name, and callables written in C have "
             "none";
    }
    if (!counts_.native[group]) return "if it is written in C, it counts with --on call";
    if (!counts_.python[group]) return "if it is a Python function, it counts with --on start,call";
    return "if C code alone calls it (map, sort), it has no event; delay its callers";
  }

 private:
  // Whether an earlier group counts the function instead.
  bool IsEarlier(std::optional<uint32_t> counted, uint32_t group) const {
    return counted.has_value() && *counted < group && order_.MayShadow(*counted, group);
  }

  const std::vector<CalledFunction>& called_;
  const CountedKinds& counts_;
  GroupOrder& order_;
};

// Why a target matches nothing although what it names has run. "" if it has not.
std::string FactsHint(const patterns::Target& target, const session::Group& group,
                      const TargetFacts& facts) {
  if (facts.is_excluded) return "the exclusions of its group match all of its functions";
  if (!facts.has_function) return "";
  if (target.HasCaller()) {
    if (!facts.has_caller) return "";
    return group.process.empty() ? "no such call was made"
                                 : "no such call was made in the processes of its group";
  }
  if (target.HasLines() || group.process.empty()) return "";
  return "its functions ran in other processes only";
}

// Explains unmatched targets, one after another.
class Explainer {
 public:
  explicit Explainer(const session::SessionSnapshot& session)
      : session_(session),
        called_(CalledFunctions(session)),
        main_names_(IdsOf(called_)),
        counts_(CountedKindsOf(session.settings)),
        order_(session),
        countable_(called_, counts_, &order_) {}

  // Fills in the other members of `targets`, which have the texts `parsed`.
  void Explain(const std::vector<patterns::Target>& parsed, absl::Span<UnmatchedTarget> targets) {
    std::vector<UnmatchedSides> sides;
    for (size_t i = 0; i < targets.size(); ++i) sides.push_back({targets[i].target, &parsed[i]});
    const std::vector<TargetFacts> facts =
        FindFacts(session_, main_names_, counts_, sides, &order_);
    for (size_t i = 0; i < targets.size(); ++i) ExplainOne(parsed[i], facts[i], &targets[i]);
  }

 private:
  void ExplainOne(const patterns::Target& parsed, const TargetFacts& facts,
                  UnmatchedTarget* unmatched) {
    const uint32_t group = session_.settings.targets[unmatched->target].group;
    unmatched->shadowed = facts.is_shadowed;
    if (facts.is_shadowed) return;
    std::string& hint = unmatched->hint;
    if (!AppliesSomewhere(group, session_)) {
      hint = "its group applied in no process";
      return;
    }
    hint = FactsHint(parsed, session_.settings.groups[group], facts);
    if (!hint.empty()) return;
    hint = LinesHint(parsed, session_.unmatched, main_names_);
    if (parsed.HasLines() && facts.has_function) return;
    unmatched->near = patterns::NearMisses(parsed, countable_.By(parsed, group));
    if (hint.empty()) hint = RenamedModuleHint(parsed);
    if (hint.empty() && unmatched->near.empty()) hint = countable_.KindHint(parsed, group);
  }

  const session::SessionSnapshot& session_;
  const std::vector<CalledFunction> called_;
  const patterns::MainNames main_names_;
  const CountedKinds counts_;
  GroupOrder order_;
  const Countable countable_;
};

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
  const size_t count = std::min(unmatched.size(), kMaxSuggested);
  std::vector<uint32_t> targets;
  for (size_t i = 0; i < count; ++i) targets.push_back(unmatched[i].target);
  const patterns::TargetSet set = SetOf(targets, settings);
  if (set.targets().empty()) return unmatched;
  Explainer(session).Explain(set.targets(), absl::MakeSpan(unmatched).subspan(0, count));
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
