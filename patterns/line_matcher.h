// Finds the ranges of lines of a function that targets select.
#ifndef PYSLOW_PATTERNS_LINE_MATCHER_H_
#define PYSLOW_PATTERNS_LINE_MATCHER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "patterns/function_side.h"
#include "patterns/line_range.h"
#include "patterns/matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

struct LinesMatch {
  LineRange lines;  // of the file
  Match match;

  friend bool operator==(const LinesMatch&, const LinesMatch&) = default;
};

// The rule is that of GroupRule, for each range by itself: a range belongs to the first group, in
// order, that applies in the role and has a target with this range and no matching exclusion.
// Ranges may overlap. Names are as of Matcher. One thread at a time.
class LineMatcher {
 public:
  // `set` and `roles`, which is of this set, must outlive this object.
  LineMatcher(const TargetSet& set, const Roles& roles,
              size_t cache_bytes = Matcher::kDefaultCacheBytes / 4);

  // Whether any target has lines. If not, Find is trivial.
  bool has_lines() const { return !inclusions_.empty(); }
  // Whether a target with lines, in whatever role, matches the function. Costs one walk of an
  // automaton.
  bool MayFind(const FunctionNames& names);
  // Whether the result of Find may depend on the role.
  bool DependsOnRole(const FunctionNames& names);
  // The ranges of the function, in the order of groups and targets, each once. Most functions have
  // none; this costs the same walk.
  std::vector<LinesMatch> Find(const FunctionNames& names, uint32_t first_line,
                               Role role = kNoRole);

 private:
  // A target, with lines unless it is an exclusion.
  struct Side {
    uint32_t target;
    uint32_t group;
    FunctionSide function;
  };
  std::vector<bool> ExcludedGroups(const NameCharacters& names) const;

  const TargetSet& set_;
  const Roles& roles_;
  std::vector<Side> inclusions_;  // by group, then by target
  std::vector<Side> exclusions_;  // of groups with inclusions
  std::unique_ptr<Matcher> any_;  // of all inclusions
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_LINE_MATCHER_H_
