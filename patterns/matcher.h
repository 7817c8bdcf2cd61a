// Finds the target and the group of a function.
//
// There are three automata. One over module names and one over file names determine the targets
// whose module part matches; they run once for each Scope. One over qualnames runs for each
// function and considers only these targets.
#ifndef PYSLOW_PATTERNS_MATCHER_H_
#define PYSLOW_PATTERNS_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "patterns/group_rule.h"
#include "patterns/lazy_dfa.h"
#include "patterns/nfa.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

struct Match {
  int32_t group = -1;   // index in TargetSet::groups(); -1: no target matches the function
  int32_t target = -1;  // index in TargetSet::targets() of the deciding target
  bool selected = false;

  bool found() const { return group >= 0; }
  friend bool operator==(const Match&, const Match&) = default;
};

// The result of matching one module and file, from which qualnames are looked up. Contains a copy
// of the names unless they decide the result, so that it stays valid when the matcher clears its
// cache. Belongs to the matcher that made it. In a default-constructed scope no function matches.
class Scope {
 public:
  Scope() = default;
  // Whether the result is the same for every function of the scope.
  bool decided() const { return decided_; }

 private:
  friend class Matcher;
  bool decided_ = true;
  uint32_t rank_ = GroupRule::kNone;  // the result if decided_
  LazyDfa::State state_ = 0;          // otherwise; valid in this generation of the cache
  uint64_t generation_ = 0;
  uint32_t module_size_ = 0;
  uint32_t real_module_size_ = 0;
  std::string names_;  // module, real module and file
};

// Names are UTF-8 in which a lone surrogate or an invalid byte counts as one character. One thread
// at a time may use a matcher and its scopes, const functions included.
class Matcher {
 public:
  static constexpr size_t kDefaultCacheBytes = 16 << 20;

  // Compiles the targets without a caller and without lines. Does not keep a reference to `set`.
  // Memory is bounded by `cache_bytes` plus a small multiple of the size of the targets' text.
  explicit Matcher(const TargetSet& set, size_t cache_bytes = kDefaultCacheBytes);
  // Compiles the targets whose numbers in `set` are marked in `is_used`; ignores their
  // callers and lines.
  Matcher(const TargetSet& set, const std::vector<bool>& is_used, size_t cache_bytes);
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // The scope of a module and file. `real_module` is the second name of code in __main__, or empty;
  // `module` may be empty too. The size of the scope is about the size of the names.
  Scope EnterScope(absl::string_view module, absl::string_view real_module, absl::string_view file);
  // The match of the function with this qualname in the scope.
  Match Find(Scope* scope, absl::string_view qualname);
  // Both at once.
  Match Find(absl::string_view module, absl::string_view real_module, absl::string_view file,
             absl::string_view qualname);

  // Approximate size of automata and caches.
  size_t MemoryBytes() const;

 private:
  // The module parts of the targets, or the parts that match against the file name.
  struct LeftSide {
    LeftSide(std::vector<Nfa::Entry> entries, size_t cache_bytes);
    // Appends `offset` plus the number of each distinct part that matches `name`.
    void AppendMatches(absl::string_view name, uint32_t offset, std::vector<uint32_t>* parts);

    Nfa nfa;
    LazyDfa dfa;
    LazyDfa::State start = 0;
    uint64_t start_generation = 0;
  };

  // Fills matches_ and rank_of_target_.
  std::vector<GroupRule::Rank> RankTargets(const TargetSet& set);
  void BuildLeftSides(const TargetSet& set, const std::vector<bool>& is_used, size_t cache_bytes);
  void BuildQualnames(const TargetSet& set, std::vector<GroupRule::Rank> ranks, size_t cache_bytes);
  void Enter(absl::string_view module, absl::string_view real_module, absl::string_view file,
             Scope* scope);
  Match MatchOf(uint32_t rank) const { return rank == GroupRule::kNone ? Match() : matches_[rank]; }

  std::vector<Match> matches_;  // by rank
  std::vector<uint32_t> rank_of_target_;
  std::unique_ptr<LeftSide> modules_;
  std::unique_ptr<LeftSide> files_;
  // The roots are the distinct module parts, then the distinct file parts.
  std::unique_ptr<Nfa> qualnames_;
  std::unique_ptr<GroupRule> rule_;
  std::unique_ptr<LazyDfa> dfa_;
  std::vector<uint32_t> roots_;  // scratch
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_MATCHER_H_
