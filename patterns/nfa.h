// Globs compiled into one nondeterministic finite automaton (NFA): a trie that shares common
// prefixes.
//
// A position is an index into a list of operations. Matching advances a set of active positions by
// one character at a time. The first three operations consume a character and lead to the next
// position:
//   kClass, kSet, kAny   a character of a class, of a set, any character
//   kRun                 stays active on any character; the next position is active with it
//   kAccept              the end of a glob
//   kAcceptAndGo         the same; the next position is active with it
//   kBranch              leads to several positions
// A chain is a sequence of positions without a branch; it ends at an accept or a branch.
#ifndef PYSLOW_PATTERNS_NFA_H_
#define PYSLOW_PATTERNS_NFA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "patterns/alphabet.h"
#include "patterns/glob.h"

namespace pyslow::patterns {

// Immutable, so any number of threads may read it. Its size is proportional to the globs' text.
class Nfa {
 public:
  using Position = uint32_t;
  using Positions = std::vector<Position>;
  static constexpr uint32_t kNone = 0xffffffff;

  // A glob that starts at root number `root`, and the value it stands for.
  struct Entry {
    uint32_t root;
    uint32_t value;
    Glob glob;
  };
  struct Chain {
    Position start;
    uint32_t parent;  // the chain before it, which has a lower index, or kNone
    uint32_t accept;  // the accept at its end, or kNone
  };

  // A root without an entry matches nothing.
  Nfa(std::vector<Entry> entries, uint32_t roots);

  bool empty() const { return ops_.empty(); }
  const Alphabet& alphabet() const { return alphabet_; }

  // Sets `positions` to those active before the first character, from these roots only.
  void Start(absl::Span<const uint32_t> roots, Positions* positions) const;
  // Sets `to` to the positions active after a character of the class. Sets of positions are sorted
  // and without duplicates; a position is left out if another active one has all its matches.
  void Step(absl::Span<const Position> from, uint32_t character_class, Positions* to) const;

  // Sets `literal` to the only text that leads on from `position`, up to kMaxLiteral characters;
  // empty if there are several. Returns the position after the text.
  Position FindLiteral(Position position, std::string* literal) const;
  static constexpr size_t kMaxLiteral = 256;
  // Sets `positions` to those active when `position` is reached.
  void Reach(Position position, Positions* positions) const;

  // The number of accepts. Each distinct glob of a root has one, numbered from 0.
  uint32_t accepts() const { return static_cast<uint32_t>(value_ends_.size()); }
  // The accept at this position, or kNone.
  uint32_t AcceptAt(Position position) const;
  // The accept that stays active whatever text follows, or kNone. It exists at a kRun before an
  // accept, and at that accept.
  uint32_t LastingAcceptAt(Position position) const;
  // The values of the entries of this accept, ascending.
  absl::Span<const uint32_t> Values(uint32_t accept) const;

  const std::vector<Chain>& chains() const { return chains_; }
  uint32_t ChainOf(Position position) const;

  size_t MemoryBytes() const;

 private:
  friend class NfaBuilder;
  enum class Op : uint32_t { kClass, kSet, kAny, kRun, kAccept, kAcceptAndGo, kBranch };
  struct Edge {
    uint32_t op;  // kClass, kSet or kAny
    Position target;
  };
  // The edges of kClass come first, sorted by class for binary search.
  struct Branch {
    uint32_t first_edge;
    uint32_t class_edges;
    uint32_t other_edges;
    Position run;  // the next position that is a kRun, or kNone
  };

  static constexpr int kArgumentBits = 29;
  static uint32_t Encode(Op op, uint32_t argument) {
    return static_cast<uint32_t>(op) << kArgumentBits | argument;
  }
  static Op OpOf(uint32_t code) { return static_cast<Op>(code >> kArgumentBits); }
  static uint32_t ArgumentOf(uint32_t code) { return code & ((1u << kArgumentBits) - 1); }

  bool Matches(uint32_t code, uint32_t character_class) const;
  // Adds `position` and the positions that are active with it.
  void Activate(Position position, Positions* positions) const;
  void StepBranch(const Branch& branch, uint32_t character_class, Positions* to) const;
  void Tidy(Positions* positions) const;

  Alphabet alphabet_;
  std::vector<CharSet> sets_;
  std::vector<uint32_t> ops_;
  std::vector<Branch> branches_;
  std::vector<Edge> edges_;
  std::vector<Chain> chains_;  // by start
  std::vector<Position> roots_;
  std::vector<uint32_t> values_;
  std::vector<uint32_t> value_ends_;  // by accept
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_NFA_H_
