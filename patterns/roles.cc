#include "patterns/roles.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "patterns/function_side.h"

namespace pyslow::patterns {
namespace {

bool IsRank(absl::string_view name) {
  return absl::StartsWith(name, "rank=") || absl::StartsWith(name, "local_rank=");
}

}  // namespace

ProcessGlob::ProcessGlob(absl::string_view text) : glob_(GlobOf(text)), is_rank_(IsRank(text)) {}

bool ProcessGlob::Matches(absl::string_view name) const {
  return (is_rank_ || !IsRank(name)) && GlobMatches(glob_, CharactersOf(name));
}

Roles::Roles(const TargetSet& set) {
  for (uint32_t i = 0; i < set.groups().size(); ++i) {
    const std::string& process = set.groups()[i].process;
    has_process_.push_back(!process.empty());
    if (!process.empty()) groups_.push_back({i, process, ProcessGlob(process)});
  }
  RoleIf([](const GroupInProcesses&) { return false; });  // kNoRole
}

template <typename Matches>
Role Roles::RoleIf(const Matches& matches) {
  std::vector<bool> applies(has_process_.size());
  for (size_t i = 0; i < applies.size(); ++i) applies[i] = !has_process_[i];
  for (const GroupInProcesses& one : groups_) applies[one.group] = matches(one);
  const auto [place, is_new] = roles_.try_emplace(applies, static_cast<Role>(applies_.size()));
  if (is_new) applies_.push_back(std::move(applies));
  return place->second;
}

Role Roles::RoleOf(absl::Span<const std::string> names) {
  return RoleIf([&](const GroupInProcesses& one) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return one.glob.Matches(name); });
  });
}

Role Roles::RoleOfGlob(absl::string_view process) {
  return RoleIf([&](const GroupInProcesses& one) { return one.text == process; });
}

}  // namespace pyslow::patterns
