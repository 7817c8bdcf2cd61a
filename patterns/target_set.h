// The targets a user asked for: target files and patterns given in place, read into groups.
//
//   # a comment, alone or after a space
//   *:json_*                          # in group "default": before any heading
//   [model]                           # a group
//   transformers.modeling_*:*
//   !transformers.modeling_utils:*    # not these
//   */site-packages/foo/*.py:*        # a module part with a slash is matched against the file name
#ifndef PYSLOW_PATTERNS_TARGET_SET_H_
#define PYSLOW_PATTERNS_TARGET_SET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pyslow::patterns {

// One line: MODULE:QUALNAME, or !MODULE:QUALNAME.
struct Target {
  std::string text;     // as written, with its `!`, without the comment and the space around it
  uint32_t colon = 0;   // where in `text` the `:` stands that splits it, in bytes
  uint32_t module = 0;  // where in `text` the module part begins
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1, in characters
  uint32_t source = 0;  // the index of its text's name
  uint32_t group = 0;   // the index of its group
  bool excludes = false;

  absl::string_view ModulePart() const {
    return absl::string_view(text).substr(module, colon - module);
  }
  absl::string_view QualnamePart() const { return absl::string_view(text).substr(colon + 1); }
  // The module part has a slash: it is matched against the file name.
  bool MatchesFile() const { return ModulePart().find('/') != absl::string_view::npos; }
};

struct Group {
  std::string name;
  bool selected = true;  // see SelectGroups
};

// Groups and targets, each in order of first appearance. An error of an Add leaves the set fit only
// for destruction. Const functions may be called from several threads.
//
// Errors are InvalidArgument with a complete message, "SOURCE:LINE:COLUMN: what is wrong with the
// offending text shown, what was expected"; lines and columns count from 1, columns in characters.
class TargetSet {
 public:
  static constexpr size_t kMaxTargets = 100'000;
  static constexpr size_t kMaxBytes = 16 << 20;  // of all texts together
  static constexpr size_t kMaxGroupNameBytes = 100;
  static constexpr absl::string_view kDefaultGroup = "default";

  // Adds what a target file holds. `source` is its name in messages.
  absl::Status AddText(absl::string_view text, absl::string_view source);

  // Adds patterns given in place (--target, SPEED_BUMP_PATTERNS), one a line, to the group
  // "default"; headings are refused. To be called before AddText, so that these come first.
  absl::Status AddInPlace(absl::string_view text, absl::string_view source);

  // To be called after the last text: refuses a group that holds exclusions only.
  absl::Status Check() const;

  // Selects the groups named and no others (--group); with no names, all. The functions of a group
  // that is not selected still belong to it. InvalidArgument, worded to follow "--group: ", with
  // "did you mean" and the list of groups, where one does not exist.
  absl::Status SelectGroups(absl::Span<const std::string> names);

  // The index of the group called `name`. InvalidArgument as above where none is.
  absl::StatusOr<uint32_t> FindGroup(absl::string_view name) const;

  const std::vector<Target>& targets() const { return targets_; }
  const std::vector<Group>& groups() const { return groups_; }
  // The name of the text that a target of this set stands in, fit to be shown.
  absl::string_view SourceOf(const Target& target) const { return sources_[target.source]; }
  // "SOURCE:LINE:COLUMN" of a target of this set.
  std::string Where(const Target& target) const;

 private:
  friend class TargetReader;

  // The index of the group called `name`, which is added if need be.
  uint32_t GroupNamed(absl::string_view name);

  std::vector<Target> targets_;
  std::vector<Group> groups_;
  std::vector<std::string> sources_;
  absl::flat_hash_map<std::string, uint32_t> group_index_;
  size_t bytes_ = 0;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_TARGET_SET_H_
