// Globs compiled into one nondeterministic automaton: a trie whose common beginnings are shared.
//
// A position is an index into a list of operations; a set of active positions, advanced character
// by character, is what matching is. Each operation takes a character and leads to the position
// after it, but for the last four:
//   kClass, kSet, kAny   a character of one class, of a set, any
//   kRun                 stays active on any character; the position after it is active with it
//   kAccept              a glob ends here
//   kAcceptAndGo         the same, and the position after it is active with it
//   kBranch              several ways on
// A chain is a stretch of positions with one way through it: it ends at an accept or a branch.
#ifndef PYSLOW_PATTERNS_MATCHER_PROGRAM_H_
#define PYSLOW_PATTERNS_MATCHER_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "patterns/alphabet.h"
#include "patterns/glob.h"

namespace pyslow::patterns {

// Immutable once made. Its size is in proportion to the globs' text.
class Program {
 public:
  using Position = uint32_t;
  using Positions = std::vector<Position>;
  static constexpr uint32_t kNone = 0xffffffff;

  // A glob that can begin at root number `root`, and what it stands for.
  struct Entry {
    uint32_t root;
    uint32_t value;
    Glob glob;
  };
  struct Chain {
    Position start;
    uint32_t parent;  // the chain this one follows, a lower index, or kNone
    uint32_t accept;  // the accept at its end, or kNone
  };

  // Roots that have no entry match nothing.
  Program(std::vector<Entry> entries, uint32_t roots);

  bool empty() const { return ops_.empty(); }
  const Alphabet& alphabet() const { return alphabet_; }

  // Makes `positions` those active before the first character, with these roots allowed.
  void Start(absl::Span<const uint32_t> roots, Positions* positions) const;
  // Makes `to` those active after a character of the class. Sets of positions are sorted and
  // without repeats; positions whose every match another active one has too are left out.
  void Step(absl::Span<const Position> from, uint32_t character_class, Positions* to) const;

  // Sets `literal` to the certain characters that alone lead on from `position`, kMaxLiteral at
  // most; empty where there is a choice. Returns the position after them.
  Position FindLiteral(Position position, std::string* literal) const;
  static constexpr size_t kMaxLiteral = 256;
  // Makes `positions` those that are active when `position` is reached.
  void Reach(Position position, Positions* positions) const;

  // Accepts are numbered from 0; each distinct glob of a root has one.
  uint32_t accepts() const { return static_cast<uint32_t>(value_ends_.size()); }
  // The accept at this position, or kNone.
  uint32_t AcceptAt(Position position) const;
  // The accept that stays active from here on, whatever follows, or kNone: of a kRun before an
  // accept, and of that accept.
  uint32_t LastingAcceptAt(Position position) const;
  // The values of the entries with that glob, ascending.
  absl::Span<const uint32_t> Values(uint32_t accept) const;

  const std::vector<Chain>& chains() const { return chains_; }
  uint32_t ChainOf(Position position) const;

  size_t MemoryBytes() const;

 private:
  friend class ProgramBuilder;
  enum class Op : uint32_t { kClass, kSet, kAny, kRun, kAccept, kAcceptAndGo, kBranch };
  struct Edge {
    uint32_t op;  // kClass, kSet or kAny
    Position target;
  };
  // Edges of kClass come first, by class, so that they can be searched.
  struct Branch {
    uint32_t first_edge;
    uint32_t class_edges;
    uint32_t other_edges;
    Position run;  // the way on that begins with a kRun, or kNone
  };

  static constexpr int kArgumentBits = 29;
  static uint32_t Encode(Op op, uint32_t argument) {
    return static_cast<uint32_t>(op) << kArgumentBits | argument;
  }
  static Op OpOf(uint32_t code) { return static_cast<Op>(code >> kArgumentBits); }
  static uint32_t ArgumentOf(uint32_t code) { return code & ((1u << kArgumentBits) - 1); }

  bool Takes(uint32_t code, uint32_t character_class) const;
  // Adds a position and those that are active with it.
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

#endif  // PYSLOW_PATTERNS_MATCHER_PROGRAM_H_
