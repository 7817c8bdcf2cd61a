// Finds the target and the group of a call, by what is called and by the function that calls it.
#ifndef PYSLOW_PATTERNS_CALL_MATCHER_H_
#define PYSLOW_PATTERNS_CALL_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "patterns/function_side.h"
#include "patterns/matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

enum class CallKind : uint8_t { kPython, kNative };  // of Python functions, of other callables

// By target of `set`, whether it decides about calls of this kind. `counts`: whether --on counts
// such calls in groups without on=call. A group with on=call selects native callables alone. A
// target with a caller selects native callables whatever --on says. Exclusions apply to both kinds.
// Targets with lines select neither.
std::vector<bool> TargetsOfCalls(const TargetSet& set, CallKind kind, bool counts);

// The rule is that of GroupRule: a call belongs to the first group, in order, that has a matching
// inclusion and no matching exclusion. A target with a caller matches the calls that such a caller
// makes, a target without one matches all calls of a function. A group with process=GLOB takes part
// only in the roles in which it applies.
//
// Callers that the same targets name are one class. Each pair of a class and a role that occurs has
// a Matcher, compiled at its first call. Names are as of Matcher. One thread at a time.
class CallMatcher {
 public:
  // A set of targets with a caller. kAnyCaller is the empty set.
  using CallerClass = uint32_t;
  static constexpr CallerClass kAnyCaller = 0;

  // Uses the targets whose numbers are marked in `is_used`. `set` and `roles`, which is of this
  // set, must outlive this object.
  CallMatcher(const TargetSet& set, const Roles& roles, std::vector<bool> is_used,
              size_t cache_bytes = Matcher::kDefaultCacheBytes);

  // The class of a function as a caller. Costs some 50 ns for each target with a caller.
  CallerClass ClassOf(const FunctionNames& caller);
  // Whether the match of a function may depend on its caller. The same cost.
  bool DependsOnCaller(const FunctionNames& callee);
  // Whether the match may depend on the role. Costs a walk of automata, if there are roles.
  bool DependsOnRole(const FunctionNames& callee);

  // The match of a call.
  Match Find(CallerClass caller, const FunctionNames& callee, Role role = kNoRole);
  // Whether a target decides this match and has a caller.
  bool IsOfCaller(const Match& match) const {
    return match.found() && set_.targets()[match.target].HasCaller();
  }
  // The matcher of the targets without a caller in kNoRole.
  Matcher& any_caller() { return *any_caller_; }

 private:
  // A target with a caller.
  struct Site {
    uint32_t target;
    FunctionSide caller;
    FunctionSide callee;
  };

  Matcher* MatcherOf(CallerClass caller, Role role);

  const TargetSet& set_;
  const Roles& roles_;
  const size_t cache_bytes_;
  std::vector<bool> without_caller_;  // by target
  std::vector<Site> sites_;
  std::vector<std::vector<uint32_t>> class_targets_;  // by class
  absl::flat_hash_map<std::pair<CallerClass, Role>, std::unique_ptr<Matcher>> matchers_;
  Matcher* any_caller_ = nullptr;
  std::unique_ptr<Matcher> in_roles_;  // of the groups with process=GLOB; nullptr: there is none
  absl::flat_hash_map<std::vector<uint32_t>, CallerClass> classes_;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_CALL_MATCHER_H_
