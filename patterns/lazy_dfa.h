// Makes an Nfa deterministic while it runs: each set of active positions that occurs becomes a
// state with a row in a table. A transition that was taken before costs one look-up.
#ifndef PYSLOW_PATTERNS_LAZY_DFA_H_
#define PYSLOW_PATTERNS_LAZY_DFA_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "patterns/nfa.h"

namespace pyslow::patterns {

// Determines the outcome of a text that ends in a state. Called once for each new state.
class OutcomeRule {
 public:
  virtual ~OutcomeRule() = default;
  // Removes the positions that can change neither the present outcome nor a later one. Returns the
  // present outcome.
  virtual uint32_t Settle(Nfa::Positions* positions) const = 0;
};

// States are cached. A full cache is cleared, which makes all State values stale and increments
// generation(). The current state is always kept, whatever its size, so memory is bounded by
// `cache_bytes` plus the size of the Nfa. One thread at a time.
class LazyDfa {
 public:
  using State = uint32_t;

  // `nfa` and `rule` must outlive this object. Without a rule (nullptr) every outcome is 0.
  LazyDfa(const Nfa* nfa, const OutcomeRule* rule, size_t cache_bytes);
  LazyDfa(const LazyDfa&) = delete;
  LazyDfa& operator=(const LazyDfa&) = delete;

  // The state before the first character, with only these roots of the Nfa active.
  State Start(absl::Span<const uint32_t> roots);
  // The state after `text`, or a settled state that a prefix of it reaches. `from` must not be
  // stale; the result is not.
  State Walk(State from, absl::string_view text);

  // Whether no further text can change the outcome of this state.
  static bool IsSettled(State state) { return (state & kSettled) != 0; }
  uint32_t Outcome(State state) const { return RecordOf(state).outcome; }
  // Valid until the next call of Start or Walk.
  absl::Span<const Nfa::Position> Positions(State state) const;

  // Incremented each time the cache is cleared.
  uint64_t generation() const { return generation_; }
  // Approximate size of the cache, including reserved memory.
  size_t cache_bytes() const { return used_bytes_; }

 private:
  static constexpr State kSettled = 0x80000000;
  static constexpr State kLiteral = 0x40000000;
  static constexpr State kOffset = kLiteral - 1;
  // Offsets in the row of a literal state.
  static constexpr uint32_t kNextCell = 1;
  static constexpr uint32_t kSizeCell = 2;
  static constexpr uint32_t kEndCell = 3;
  static constexpr uint32_t kBytesCell = 4;
  // Maximum number of columns of a row. Transitions on other classes are in sparse_.
  static constexpr uint32_t kMaxColumns = 160;
  struct Record {
    uint32_t begin;  // in pool_
    uint32_t size;
    uint32_t outcome;
    State state;
  };
  // Hash and compare records by their positions, so that a look-up copies nothing.
  struct Hash {
    using is_transparent = void;
    const LazyDfa* dfa;
    size_t operator()(uint32_t record) const;
    size_t operator()(absl::Span<const Nfa::Position> positions) const;
  };
  struct Equal {
    using is_transparent = void;
    const LazyDfa* dfa;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t record, absl::Span<const Nfa::Position> positions) const;
    bool operator()(absl::Span<const Nfa::Position> positions, uint32_t record) const;
  };

  const Record& RecordOf(State state) const { return records_[table_[state & kOffset]]; }
  absl::Span<const Nfa::Position> PositionsOf(const Record& record) const;
  State Step(State from, uint32_t character_class);
  State StepByClass(State from, uint32_t character_class);
  State SparseStep(State from, uint32_t character_class);
  State StepOverLiteral(State from);
  State Dead();
  // The state for the positions in scratch_.
  State Intern();
  State Add(uint32_t outcome);
  bool ScratchIsSettled() const;
  void Clear();

  const Nfa& nfa_;
  const OutcomeRule* rule_;
  const size_t max_bytes_;
  const uint32_t columns_;
  std::array<uint8_t, 128> ascii_columns_;

  // A state is the offset of its row in table_. A row holds the index of the state's record, then
  // the next state for each column (0: not computed yet). The row of a settled state has no
  // columns. A literal state has one text that leads on; its row holds, after the record, the next
  // state (0: not computed yet), the size of the text, the position after it, and the text. So the
  // part between two branches costs one comparison and little memory.
  std::vector<State> table_;
  std::vector<Record> records_;
  Nfa::Positions pool_;
  absl::flat_hash_set<uint32_t, Hash, Equal> index_;
  absl::flat_hash_map<uint64_t, State> sparse_;
  State dead_ = 0;  // the state without active positions; 0: not created yet
  size_t used_bytes_ = 0;
  uint64_t generation_ = 0;
  Nfa::Positions scratch_;
  std::string literal_;  // scratch
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_LAZY_DFA_H_
