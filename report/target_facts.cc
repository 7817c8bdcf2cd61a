#include "report/target_facts.h"

#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "patterns/function_side.h"
#include "patterns/line_range.h"
#include "report/unused_roles.h"

namespace pyslow::report {
namespace {

using patterns::FunctionSide;
using patterns::MatchesAny;
using patterns::NameCharacters;

// A hint that costs more is not worth it.
constexpr size_t kMaxExclusions = 1000;

// A target and what it has met so far.
struct Subject {
  Subject(const UnmatchedSides& sides, uint32_t group_index)
      : target(sides.target),
        group(group_index),
        parsed(*sides.parsed),
        function(parsed.ModulePart(), parsed.QualnamePart()) {
    if (parsed.HasCaller()) caller.emplace(parsed.CallerModulePart(), parsed.CallerQualnamePart());
  }

  uint32_t target;
  uint32_t group;
  const patterns::Target& parsed;
  FunctionSide function;
  std::optional<FunctionSide> caller;
  std::vector<FunctionSide> exclusions;  // of its group, without a caller
  bool has_included = false;             // it names a function that no exclusion matches
  TargetFacts facts;
};

class FactFinder {
 public:
  FactFinder(const session::SessionSnapshot& session, const patterns::MainNames& main_names,
             const CountedKinds& counts, GroupOrder* order, std::vector<Subject>* subjects)
      : session_(session),
        main_names_(main_names),
        counts_(counts),
        order_(*order),
        subjects_(*subjects) {}

  // Adds the facts of a name in the records, with its counts if it has some.
  void Add(const FunctionIdView& id, const session::FunctionSnapshot* counted);

 private:
  void AddFunction(const FunctionIdView& id, const session::FunctionSnapshot* counted);
  void AddLines(const FunctionIdView& id, const patterns::LineRange& lines,
                const session::FunctionSnapshot* counted);
  void AddCall(const CallParts& parts, const session::FunctionSnapshot* counted);
  void NoteNamed(const std::vector<NameCharacters>& names, Subject* subject);
  // Whether an earlier target than the subject's is credited with the function.
  bool IsEarlier(const session::FunctionSnapshot* counted, const Subject& subject);

  const session::SessionSnapshot& session_;
  const patterns::MainNames& main_names_;
  const CountedKinds& counts_;
  GroupOrder& order_;
  std::vector<Subject>& subjects_;
};

void FactFinder::Add(const FunctionIdView& id, const session::FunctionSnapshot* counted) {
  if (AliasPartsOf(id).has_value()) return;
  if (const auto call = CallPartsOf(id); call.has_value()) return AddCall(*call, counted);
  FunctionIdView function = id;
  patterns::LineRange lines;
  if (patterns::SplitQualnameOfLines(id.qualname, &function.qualname, &lines)) {
    return AddLines(function, lines, counted);
  }
  AddFunction(id, counted);
}

void FactFinder::AddFunction(const FunctionIdView& id, const session::FunctionSnapshot* counted) {
  const std::vector<NameCharacters> names = main_names_.CharactersOf(id);
  for (Subject& subject : subjects_) {
    if (subject.caller.has_value() && MatchesAny(*subject.caller, names)) {
      subject.facts.has_caller = true;
    }
    if (!MatchesAny(subject.function, names)) continue;
    if (counts_.Include(subject.parsed, subject.group, id)) NoteNamed(names, &subject);
    // Its lines are not credited to a function.
    if (!subject.parsed.HasLines() && IsEarlier(counted, subject)) subject.facts.is_shadowed = true;
  }
}

void FactFinder::AddLines(const FunctionIdView& id, const patterns::LineRange& lines,
                          const session::FunctionSnapshot* counted) {
  const std::vector<NameCharacters> names = main_names_.CharactersOf(id);
  for (Subject& subject : subjects_) {
    if (!subject.parsed.HasLines() || !MatchesAny(subject.function, names)) continue;
    NoteNamed(names, &subject);
    if (subject.parsed.lines.InFile(id.first_line).Selects(lines) && IsEarlier(counted, subject)) {
      subject.facts.is_shadowed = true;
    }
  }
}

void FactFinder::AddCall(const CallParts& parts, const session::FunctionSnapshot* counted) {
  const std::vector<NameCharacters> caller = main_names_.CharactersOf(parts.caller);
  const std::vector<NameCharacters> callee = main_names_.CharactersOf(parts.callee);
  for (Subject& subject : subjects_) {
    const bool has_callee = MatchesAny(subject.function, callee);
    if (!subject.caller.has_value()) {
      // It counts nothing, so that all calls were made by such callers.
      if (has_callee && !subject.parsed.HasLines() && IsEarlier(counted, subject)) {
        subject.facts.is_shadowed = true;
      }
      continue;
    }
    const bool has_caller = MatchesAny(*subject.caller, caller);
    if (has_caller) subject.facts.has_caller = true;
    if (has_callee) NoteNamed(callee, &subject);
    if (has_caller && has_callee && IsEarlier(counted, subject)) subject.facts.is_shadowed = true;
  }
}

void FactFinder::NoteNamed(const std::vector<NameCharacters>& names, Subject* subject) {
  subject->facts.has_function = true;
  if (subject->has_included) return;
  subject->has_included = absl::c_none_of(subject->exclusions, [&](const FunctionSide& exclusion) {
    return MatchesAny(exclusion, names);
  });
}

bool FactFinder::IsEarlier(const session::FunctionSnapshot* counted, const Subject& subject) {
  if (counted == nullptr) return false;
  // A later group counts it in processes where the target's group does not apply.
  if (counted->group == subject.group) return counted->target < subject.target;
  return counted->group < subject.group && order_.MayShadow(counted->group, subject.group);
}

void AddExclusions(const session::Settings& settings, std::vector<Subject>* subjects) {
  size_t count = 0;
  for (const session::Target& target : settings.targets) {
    if (!target.exclusion) continue;
    if (++count > kMaxExclusions) return;
    patterns::TargetSet set;
    if (!set.AddInPlace(target.text, "targets").ok()) continue;  // not written by pyslow
    const patterns::Target& parsed = set.targets().front();
    if (parsed.HasCaller()) continue;
    for (Subject& subject : *subjects) {
      if (subject.group != target.group) continue;
      subject.exclusions.emplace_back(parsed.ModulePart(), parsed.QualnamePart());
    }
  }
}

}  // namespace

FunctionIdView PlainId(const FunctionId& id) { return ProcessPartsOf(id.View()).id; }

bool GroupOrder::MayShadow(uint32_t counted, uint32_t group) {
  const auto [place, is_new] = known_.try_emplace({counted, group}, false);
  if (is_new) {
    const std::vector<session::Group>& groups = session_.settings.groups;
    place->second = groups[counted].process.empty() || groups[group].process.empty() ||
                    AppliesWherever(counted, group, session_);
  }
  return place->second;
}

std::vector<TargetFacts> FindFacts(const session::SessionSnapshot& session,
                                   const patterns::MainNames& main_names,
                                   const CountedKinds& counts,
                                   const std::vector<UnmatchedSides>& targets, GroupOrder* order) {
  std::vector<Subject> subjects;
  for (const UnmatchedSides& target : targets) {
    subjects.emplace_back(target, session.settings.targets[target.target].group);
  }
  AddExclusions(session.settings, &subjects);
  FactFinder finder(session, main_names, counts, order, &subjects);
  for (const session::FunctionSnapshot& function : session.functions) {
    finder.Add(PlainId(function.id), &function);
  }
  for (const FunctionId& id : session.unmatched) finder.Add(id.View(), nullptr);
  std::vector<TargetFacts> facts;
  for (Subject& subject : subjects) {
    subject.facts.is_excluded = subject.facts.has_function && !subject.has_included;
    facts.push_back(subject.facts);
  }
  return facts;
}

}  // namespace pyslow::report
