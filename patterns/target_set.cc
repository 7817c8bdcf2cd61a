#include "patterns/target_set.h"

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/suggest.h"
#include "patterns/target_reader.h"

namespace pyslow::patterns {

absl::Status TargetSet::AddText(absl::string_view text, absl::string_view source) {
  return TargetReader(this, text, source, TargetReader::Headings::kAllowed).Read();
}

absl::Status TargetSet::AddInPlace(absl::string_view text, absl::string_view source) {
  return TargetReader(this, text, source, TargetReader::Headings::kRefused).Read();
}

uint32_t TargetSet::GroupNamed(absl::string_view name) {
  const auto [place, is_new] =
      group_index_.try_emplace(std::string(name), static_cast<uint32_t>(groups_.size()));
  if (is_new) groups_.push_back({std::string(name), true});
  return place->second;
}

std::string TargetSet::Where(const Target& target) const {
  return absl::StrCat(sources_[target.source], ":", target.line, ":", target.column);
}

absl::Status TargetSet::Check() const {
  std::vector<bool> includes(groups_.size());
  for (const Target& target : targets_) {
    if (!target.excludes) includes[target.group] = true;
  }
  for (const Target& target : targets_) {
    if (includes[target.group]) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        Where(target), ": '", Excerpt(target.text), "' excludes from group '",
        groups_[target.group].name,
        "', which includes nothing; expected a pattern without '!' in this group too"));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> TargetSet::FindGroup(absl::string_view name) const {
  constexpr size_t kMaxListed = 20;
  const auto found = group_index_.find(name);
  if (found != group_index_.end()) return found->second;
  std::vector<std::string> known;
  std::string list;
  for (const Group& group : groups_) {
    if (known.size() < kMaxListed) absl::StrAppend(&list, known.empty() ? "" : ", ", group.name);
    known.push_back(group.name);
  }
  if (known.size() > kMaxListed) absl::StrAppend(&list, ", \u2026");
  const std::string guess = DidYouMean(name, known);
  return absl::InvalidArgumentError(
      absl::StrCat("'", Excerpt(name), "' is not a group of the targets", guess,
                   guess.empty() ? "; the groups are: " : " The groups are: ", list));
}

absl::Status TargetSet::SelectGroups(absl::Span<const std::string> names) {
  std::vector<bool> has_pattern(groups_.size());
  for (const Target& target : targets_) has_pattern[target.group] = true;
  std::vector<bool> selected(groups_.size(), names.empty());
  for (const std::string& name : names) {
    const absl::StatusOr<uint32_t> group = FindGroup(name);
    if (!group.ok()) return group.status();
    if (!has_pattern[*group]) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", Excerpt(name), "' is a group without a pattern; write one below its heading"));
    }
    selected[*group] = true;
  }
  for (size_t i = 0; i < groups_.size(); ++i) groups_[i].selected = selected[i];
  return absl::OkStatus();
}

}  // namespace pyslow::patterns
