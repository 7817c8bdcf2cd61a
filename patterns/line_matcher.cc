#include "patterns/line_matcher.h"

#include <algorithm>

namespace pyslow::patterns {

LineMatcher::LineMatcher(const TargetSet& set, const Roles& roles, size_t cache_bytes)
    : set_(set), roles_(roles) {
  std::vector<bool> is_inclusion;
  std::vector<bool> has_inclusion(set.groups().size());
  for (uint32_t i = 0; i < set.targets().size(); ++i) {
    const Target& target = set.targets()[i];
    is_inclusion.push_back(target.HasLines());
    if (!target.HasLines()) continue;
    has_inclusion[target.group] = true;
    inclusions_.push_back({i, target.group, {target.ModulePart(), target.QualnamePart()}});
  }
  std::stable_sort(inclusions_.begin(), inclusions_.end(),
                   [](const Side& a, const Side& b) { return a.group < b.group; });
  for (uint32_t i = 0; i < set.targets().size(); ++i) {
    const Target& target = set.targets()[i];
    if (!target.excludes || target.HasCaller() || !has_inclusion[target.group]) continue;
    exclusions_.push_back({i, target.group, {target.ModulePart(), target.QualnamePart()}});
  }
  if (has_lines()) any_ = std::make_unique<Matcher>(set, is_inclusion, cache_bytes);
}

std::vector<bool> LineMatcher::ExcludedGroups(const NameCharacters& names) const {
  std::vector<bool> is_excluded(set_.groups().size());
  for (const Side& side : exclusions_) {
    if (!is_excluded[side.group]) is_excluded[side.group] = side.function.Matches(names);
  }
  return is_excluded;
}

bool LineMatcher::MayFind(const FunctionNames& names) {
  return has_lines() &&
         any_->Find(names.module, names.real_module, names.file, names.qualname).found();
}

bool LineMatcher::DependsOnRole(const FunctionNames& names) {
  if (roles_.empty() || !MayFind(names)) return false;
  const NameCharacters characters(names);
  return std::any_of(inclusions_.begin(), inclusions_.end(), [&](const Side& side) {
    return roles_.HasProcess(side.group) && side.function.Matches(characters);
  });
}

std::vector<LinesMatch> LineMatcher::Find(const FunctionNames& names, uint32_t first_line,
                                          Role role) {
  std::vector<LinesMatch> found;
  if (!MayFind(names)) return found;
  const NameCharacters characters(names);
  const std::vector<bool> is_excluded = ExcludedGroups(characters);
  for (const Side& side : inclusions_) {
    if (!roles_.Applies(role, side.group)) continue;
    if (is_excluded[side.group] || !side.function.Matches(characters)) continue;
    const LineRange lines = set_.targets()[side.target].lines.InFile(first_line);
    const bool is_known = std::any_of(
        found.begin(), found.end(), [&](const LinesMatch& match) { return match.lines == lines; });
    if (is_known) continue;
    found.push_back({lines,
                     {static_cast<int32_t>(side.group), static_cast<int32_t>(side.target),
                      set_.groups()[side.group].selected}});
  }
  return found;
}

}  // namespace pyslow::patterns
