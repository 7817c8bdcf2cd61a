// The targets of a user: the patterns of target files and of the command line, in groups.
//
//   # a comment, alone or after a space
//   *:json_*                          # in the group "default": no heading before it
//   [model]                           # a group
//   transformers.modeling_*:*
//   !transformers.modeling_utils:*    # excludes these
//   */site-packages/foo/*.py:*        # a module part with a slash matches against the file name
//   app:step -> numpy:matmul          # only the calls that app:step makes
//   app:step@12-15                    # each time that control enters these lines of it
//   [native, on=call]                 # a group of callables that are no Python functions
//   [worker, process=*Worker*]        # a group that applies only in processes of such a title
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
#include "base/limits.h"
#include "patterns/line_range.h"

namespace pyslow::patterns {

// One line: MODULE:QUALNAME, or with a caller MODULE:QUALNAME -> MODULE:QUALNAME; both also after
// !. With lines MODULE:QUALNAME@LINES, in a group without on=call.
struct Target {
  std::string text;     // as written, with its `!`, without comment and surrounding space
  uint32_t colon = 0;   // offset in `text` of the `:` that splits it, in bytes
  uint32_t module = 0;  // offset in `text` of the module part, in bytes
  // Of the caller, likewise. caller_end is behind its last byte; 0: any caller.
  uint32_t caller_colon = 0;
  uint32_t caller_module = 0;
  uint32_t caller_end = 0;
  uint32_t at = 0;      // offset in `text` of the `@` before the lines, in bytes; 0: none
  LineRange lines;      // if HasLines()
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1, in characters
  uint32_t source = 0;  // index of the name of its text
  uint32_t group = 0;   // index of its group
  bool excludes = false;

  absl::string_view ModulePart() const {
    return absl::string_view(text).substr(module, colon - module);
  }
  absl::string_view QualnamePart() const {
    const absl::string_view rest = absl::string_view(text).substr(colon + 1);
    return HasLines() ? rest.substr(0, at - colon - 1) : rest;
  }
  // Whether the module part matches against the file name, because it has a slash.
  bool MatchesFile() const { return ModulePart().find('/') != absl::string_view::npos; }

  bool HasLines() const { return at != 0; }
  // Whether the target selects functions: all their calls, and not the calls by some caller or the
  // entries of some lines.
  bool SelectsCalls() const { return !HasCaller() && !HasLines(); }

  // The same for the caller, if there is one.
  bool HasCaller() const { return caller_end != 0; }
  absl::string_view CallerModulePart() const {
    return absl::string_view(text).substr(caller_module, caller_colon - caller_module);
  }
  absl::string_view CallerQualnamePart() const {
    return absl::string_view(text).substr(caller_colon + 1, caller_end - caller_colon - 1);
  }
  bool CallerMatchesFile() const { return CallerModulePart().find('/') != absl::string_view::npos; }
};

struct Group {
  std::string name;
  bool selected = true;  // see SelectGroups
  // `on=call`: the group consists of callables that are no Python functions, whatever --on says.
  bool on_call = false;
  // `process=GLOB`: the text of the glob; empty: the group applies in every process. See roles.h.
  std::string process = {};
};

// Groups and targets, each in order of first appearance. After an error of an Add function the set
// may only be destroyed. Const functions may be called from several threads.
//
// Errors are InvalidArgument with a complete message, "SOURCE:LINE:COLUMN: WHAT; EXPECTED", that
// quotes the wrong text. Lines and columns count from 1, columns in characters.
class TargetSet {
 public:
  static constexpr size_t kMaxTargets = 100'000;
  static constexpr size_t kMaxBytes = kMaxTargetsBytes;  // of all texts together
  static constexpr size_t kMaxGroupNameBytes = 100;
  static constexpr size_t kMaxProcessBytes = 200;  // of the text of a process=GLOB
  static constexpr absl::string_view kDefaultGroup = "default";

  // Adds the content of a target file. `source` is its name in messages.
  absl::Status AddText(absl::string_view text, absl::string_view source);

  // Adds patterns of --target or SPEED_BUMP_PATTERNS, one for each line, to the group "default".
  // Refuses headings. Must be called before AddText, so that these targets come first.
  absl::Status AddInPlace(absl::string_view text, absl::string_view source);

  // Refuses a group that has only exclusions. Must be called after the last text is added.
  absl::Status Check() const;

  // Selects only the named groups (--group), or all if `names` is empty. The functions of a group
  // that is not selected still belong to it. Must be called after the last text is added.
  // InvalidArgument, with a message that follows "--group: ", for a group without a pattern and for
  // an unknown name; the message then suggests a group and lists all.
  absl::Status SelectGroups(absl::Span<const std::string> names);

  // The index of the group named `name`. InvalidArgument for an unknown name, as above.
  absl::StatusOr<uint32_t> FindGroup(absl::string_view name) const;

  const std::vector<Target>& targets() const { return targets_; }
  const std::vector<Group>& groups() const { return groups_; }
  // The name of the text that contains a target of this set, printable.
  absl::string_view SourceOf(const Target& target) const { return sources_[target.source]; }
  // "SOURCE:LINE:COLUMN" of a target of this set.
  std::string Where(const Target& target) const;

 private:
  friend class TargetReader;

  // The index of the group named `name`, which is added if it is new.
  uint32_t GroupNamed(absl::string_view name);

  std::vector<Target> targets_;
  std::vector<Group> groups_;
  std::vector<std::string> sources_;
  absl::flat_hash_map<std::string, uint32_t> group_index_;
  size_t bytes_ = 0;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_TARGET_SET_H_
