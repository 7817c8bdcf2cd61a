// A Program made deterministic while it runs: each set of active positions that occurs becomes a
// state with a row of a table, so that a character seen again in a state costs one look-up.
#ifndef PYSLOW_PATTERNS_AUTOMATON_H_
#define PYSLOW_PATTERNS_AUTOMATON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "patterns/matcher_program.h"

namespace pyslow::patterns {

// What the text's end in a state means. Asked once for each new state.
class OutcomeRule {
 public:
  virtual ~OutcomeRule() = default;
  // Drops from `positions` what can change neither the present outcome nor any later one, and
  // returns the present one.
  virtual uint32_t Settle(Program::Positions* positions) const = 0;
};

// States are kept in a cache that is emptied when it is full, which makes all State values stale:
// generation() tells. The one state that is being worked on is always kept, whatever its size, so
// memory is bounded by `cache_bytes` and by the size of the program.
// Used by one thread at a time.
class Automaton {
 public:
  using State = uint32_t;

  // `program` and `rule` (which may be null: outcomes are then 0) must outlive the automaton.
  Automaton(const Program* program, const OutcomeRule* rule, size_t cache_bytes);
  Automaton(const Automaton&) = delete;
  Automaton& operator=(const Automaton&) = delete;

  // The state before the first character, with these roots of the program allowed.
  State Start(absl::Span<const uint32_t> roots);
  // The state after `text`, or a settled one that an earlier part of it leads to. `from` must not
  // be stale; the result is not.
  State Walk(State from, absl::string_view text);

  // No text changes the outcome of this state any more.
  static bool IsSettled(State state) { return (state & kSettled) != 0; }
  uint32_t Outcome(State state) const { return RecordOf(state).outcome; }
  // Valid until the next call of Start or Walk.
  absl::Span<const Program::Position> Positions(State state) const;

  // Grows each time the cache is emptied.
  uint64_t generation() const { return generation_; }
  // About what the cache takes now, room for growth included.
  size_t cache_bytes() const { return used_bytes_; }

 private:
  static constexpr State kSettled = 0x80000000;
  static constexpr State kLiteral = 0x40000000;
  static constexpr State kOffset = kLiteral - 1;
  // Where in a literal state's row these are.
  static constexpr uint32_t kNextCell = 1;
  static constexpr uint32_t kSizeCell = 2;
  static constexpr uint32_t kEndCell = 3;
  static constexpr uint32_t kBytesCell = 4;
  // Rows have a column for this many classes at most; transitions on others are in sparse_.
  static constexpr uint32_t kMaxColumns = 160;
  struct Record {
    uint32_t begin;  // in pool_
    uint32_t size;
    uint32_t outcome;
    State state;
  };
  // Records by the positions they stand for, so that a set is looked up without a copy.
  struct Hash {
    using is_transparent = void;
    const Automaton* automaton;
    size_t operator()(uint32_t record) const;
    size_t operator()(absl::Span<const Program::Position> positions) const;
  };
  struct Equal {
    using is_transparent = void;
    const Automaton* automaton;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t record, absl::Span<const Program::Position> positions) const;
    bool operator()(absl::Span<const Program::Position> positions, uint32_t record) const;
  };

  const Record& RecordOf(State state) const { return records_[table_[state & kOffset]]; }
  absl::Span<const Program::Position> PositionsOf(const Record& record) const;
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

  const Program& program_;
  const OutcomeRule* rule_;
  const size_t max_bytes_;
  const uint32_t columns_;
  std::array<uint8_t, 128> ascii_columns_;

  // A state is the offset in table_ of its row: the index of its record, then for each column the
  // state that follows, 0 where that is not known yet. A settled state's row ends after the record.
  // A literal state is one in which one text alone leads on; its row holds, after the record, the
  // state that follows it (0: not known yet), its size, the position after it and its bytes. So
  // that what is between the branches of many patterns is one comparison and takes little memory.
  std::vector<State> table_;
  std::vector<Record> records_;
  Program::Positions pool_;
  absl::flat_hash_set<uint32_t, Hash, Equal> index_;
  absl::flat_hash_map<uint64_t, State> sparse_;
  State dead_ = 0;  // nothing active; 0 where there is none
  size_t used_bytes_ = 0;
  uint64_t generation_ = 0;
  Program::Positions scratch_;
  std::string literal_;  // scratch
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_AUTOMATON_H_
