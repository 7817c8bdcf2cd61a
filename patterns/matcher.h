// Which target and group a function belongs to.
//
// Three automata: one over module names and one over file names say whose module part takes a
// function in, one over qualnames is then entered with only those targets in it. The first two are
// passed once for a Scope, the last for each function.
#ifndef PYSLOW_PATTERNS_MATCHER_H_
#define PYSLOW_PATTERNS_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "patterns/automaton.h"
#include "patterns/group_rule.h"
#include "patterns/matcher_program.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

struct Match {
  int32_t group = -1;   // index in TargetSet::groups(), or -1: no target takes the function in
  int32_t target = -1;  // index in TargetSet::targets() of the line that is credited
  bool selected = false;

  bool found() const { return group >= 0; }
  friend bool operator==(const Match&, const Match&) = default;
};

// The functions of one module and file, as a place to look their qualnames up from. Holds a copy of
// these names unless they decide already, so that it stays good when the matcher's cache is
// emptied. Used with the matcher that made it, or made by default, when no function in it matches.
class Scope {
 public:
  Scope() = default;
  // The same answer for every function in it.
  bool decided() const { return decided_; }

 private:
  friend class Matcher;
  bool decided_ = true;
  uint32_t rank_ = GroupRule::kNone;  // the answer where it is decided
  Automaton::State state_ = 0;        // else, valid in this generation of the cache
  uint64_t generation_ = 0;
  uint32_t module_size_ = 0;
  uint32_t real_module_size_ = 0;
  std::string names_;  // module, real module and file
};

// Names are bytes: UTF-8 in which lone surrogates and invalid bytes each count as one character.
// A matcher, and the scopes it made, are used by one thread at a time, const functions included.
class Matcher {
 public:
  static constexpr size_t kDefaultCacheBytes = 16 << 20;

  // Compiles the targets; keeps nothing of `set`. What it takes is bounded by `cache_bytes` and a
  // small multiple of the targets' text.
  explicit Matcher(const TargetSet& set, size_t cache_bytes = kDefaultCacheBytes);
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // The scope of a module and file. `real_module` is the second name that code of __main__ has, or
  // empty; the first may be empty too. The scope's size is about that of the names.
  Scope EnterScope(absl::string_view module, absl::string_view real_module, absl::string_view file);
  // Whose the function of that qualname in the scope is.
  Match Find(Scope* scope, absl::string_view qualname);
  // Both at once.
  Match Find(absl::string_view module, absl::string_view real_module, absl::string_view file,
             absl::string_view qualname);

  // About what programs and caches take now.
  size_t MemoryBytes() const;

 private:
  // The module parts of the targets, or those that are matched against the file name.
  struct LeftSide {
    LeftSide(std::vector<Program::Entry> entries, size_t cache_bytes);
    // Appends `offset` plus the number of each distinct part that takes `name` in.
    void AppendMatches(absl::string_view name, uint32_t offset, std::vector<uint32_t>* parts);

    Program program;
    Automaton automaton;
    Automaton::State start = 0;
    uint64_t start_generation = 0;
  };

  // Fills matches_ and rank_of_target_.
  std::vector<GroupRule::Rank> RankTargets(const TargetSet& set);
  void BuildLeftSides(const TargetSet& set, size_t cache_bytes);
  void BuildQualnames(const TargetSet& set, std::vector<GroupRule::Rank> ranks, size_t cache_bytes);
  void Enter(absl::string_view module, absl::string_view real_module, absl::string_view file,
             Scope* scope);
  Match MatchOf(uint32_t rank) const { return rank == GroupRule::kNone ? Match() : matches_[rank]; }

  std::vector<Match> matches_;  // by rank
  std::vector<uint32_t> rank_of_target_;
  std::unique_ptr<LeftSide> modules_;
  std::unique_ptr<LeftSide> files_;
  // Its roots are the distinct module parts, then the distinct file parts.
  std::unique_ptr<Program> qualnames_;
  std::unique_ptr<GroupRule> rule_;
  std::unique_ptr<Automaton> automaton_;
  std::vector<uint32_t> roots_;  // scratch
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_MATCHER_H_
