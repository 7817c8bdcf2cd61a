// Which groups apply in a process: all without process=GLOB, and those whose GLOB matches one of
// its names.
//
// The names of a process are its title (its command line, joined by spaces, as ps shows it; the
// program can overwrite it, as setproctitle does), the name of its main thread, and "rank=N" and
// "local_rank=N" if a launcher of distributed programs numbers it. A glob matches a whole name.
// Names that begin with rank= or local_rank= are matched only by globs that begin so.
#ifndef PYSLOW_PATTERNS_ROLES_H_
#define PYSLOW_PATTERNS_ROLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "patterns/glob.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

// The GLOB of process=GLOB.
class ProcessGlob {
 public:
  // `text` must be a well-formed glob, as that of a Group is.
  explicit ProcessGlob(absl::string_view text);
  bool Matches(absl::string_view name) const;

 private:
  Glob glob_;
  bool is_rank_;
};

// The groups that apply together, by number.
using Role = uint32_t;
// That of a process in which no group with process=GLOB applies.
inline constexpr Role kNoRole = 0;

// One thread at a time.
class Roles {
 public:
  explicit Roles(const TargetSet& set);

  // Whether no group has a process=GLOB: then there is no role but kNoRole.
  bool empty() const { return groups_.empty(); }
  // The role of a process with these names.
  Role RoleOf(absl::Span<const std::string> names);
  // The role in which the groups with this text as GLOB apply, and no other with a GLOB.
  Role RoleOfGlob(absl::string_view process);
  bool HasProcess(uint32_t group) const { return has_process_[group]; }
  bool Applies(Role role, uint32_t group) const { return applies_[role][group]; }

 private:
  struct GroupInProcesses {
    uint32_t group;
    std::string text;
    ProcessGlob glob;
  };
  template <typename Matches>
  Role RoleIf(const Matches& matches);

  std::vector<GroupInProcesses> groups_;
  std::vector<bool> has_process_;           // by group
  std::vector<std::vector<bool>> applies_;  // by role, by group
  absl::flat_hash_map<std::vector<bool>, Role> roles_;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_ROLES_H_
