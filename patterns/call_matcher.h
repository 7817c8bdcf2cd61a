// Finds the target and the group of a call, by what is called and by the function that calls it.
#ifndef PYSLOW_PATTERNS_CALL_MATCHER_H_
#define PYSLOW_PATTERNS_CALL_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "patterns/function_side.h"
#include "patterns/matcher.h"
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
// makes, a target without one matches all calls of a function.
//
// Callers that the same targets name are one class. Each class that occurs has a Matcher, compiled
// at its first call. Names are as of Matcher. One thread at a time.
class CallMatcher {
 public:
  // A set of targets with a caller. kAnyCaller is the empty set.
  using CallerClass = uint32_t;
  static constexpr CallerClass kAnyCaller = 0;

  // Uses the targets whose numbers are marked in `is_used`. `set` must outlive this object.
  CallMatcher(const TargetSet& set, std::vector<bool> is_used,
              size_t cache_bytes = Matcher::kDefaultCacheBytes);

  // The class of a function as a caller. Costs some 50 ns for each target with a caller.
  CallerClass ClassOf(const FunctionNames& caller);
  // Whether the match of a function may depend on its caller. The same cost.
  bool DependsOnCaller(const FunctionNames& callee);

  // The match of a call.
  Match Find(CallerClass caller, const FunctionNames& callee);
  // Whether a target decides this match and has a caller.
  bool IsOfCaller(const Match& match) const {
    return match.found() && set_.targets()[match.target].HasCaller();
  }
  // The matcher of the targets without a caller.
  Matcher& any_caller() { return *matchers_[kAnyCaller]; }

 private:
  // A target with a caller.
  struct Site {
    uint32_t target;
    FunctionSide caller;
    FunctionSide callee;
  };

  const TargetSet& set_;
  const size_t cache_bytes_;
  std::vector<bool> without_caller_;  // by target
  std::vector<Site> sites_;
  std::vector<std::vector<uint32_t>> class_targets_;  // by class
  std::vector<std::unique_ptr<Matcher>> matchers_;    // by class; nullptr: not compiled yet
  absl::flat_hash_map<std::vector<uint32_t>, CallerClass> classes_;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_CALL_MATCHER_H_
