#include "patterns/lazy_dfa.h"

#include <algorithm>
#include <cstring>

#include "absl/hash/hash.h"
#include "base/utf8.h"

namespace pyslow::patterns {
namespace {

// The capacity of a vector or hash table may be twice its size.
constexpr size_t kGrowth = 2;
constexpr size_t kIndexBytes = 8;    // of a record in the index
constexpr size_t kSparseBytes = 24;  // of a transition in the sparse table
// Table offsets have 30 bits.
constexpr size_t kMaxCacheBytes = size_t{1} << 30;

}  // namespace

size_t LazyDfa::Hash::operator()(absl::Span<const Nfa::Position> positions) const {
  return absl::Hash<absl::Span<const Nfa::Position>>()(positions);
}
size_t LazyDfa::Hash::operator()(uint32_t record) const {
  return (*this)(dfa->PositionsOf(dfa->records_[record]));
}
bool LazyDfa::Equal::operator()(uint32_t record, absl::Span<const Nfa::Position> positions) const {
  return dfa->PositionsOf(dfa->records_[record]) == positions;
}
bool LazyDfa::Equal::operator()(absl::Span<const Nfa::Position> positions, uint32_t record) const {
  return (*this)(record, positions);
}

LazyDfa::LazyDfa(const Nfa* nfa, const OutcomeRule* rule, size_t cache_bytes)
    : nfa_(*nfa),
      rule_(rule),
      max_bytes_(std::min(cache_bytes, kMaxCacheBytes)),
      columns_(std::min(nfa->alphabet().size(), kMaxColumns)),
      index_(0, Hash{this}, Equal{this}) {
  for (uint32_t c = 0; c < ascii_columns_.size(); ++c) {
    ascii_columns_[c] = static_cast<uint8_t>(nfa_.alphabet().ClassOf(c) + 1);
  }
  Clear();
}

absl::Span<const Nfa::Position> LazyDfa::PositionsOf(const Record& record) const {
  return absl::MakeConstSpan(pool_).subspan(record.begin, record.size);
}

absl::Span<const Nfa::Position> LazyDfa::Positions(State state) const {
  return PositionsOf(RecordOf(state));
}

LazyDfa::State LazyDfa::Start(absl::Span<const uint32_t> roots) {
  nfa_.Start(roots, &scratch_);
  return Intern();
}

LazyDfa::State LazyDfa::Walk(State from, absl::string_view text) {
  State state = from;
  const char* place = text.data();
  const char* const end = place + text.size();
  for (;;) {
    while (place != end && state < kLiteral) {
      const auto byte = static_cast<unsigned char>(*place);
      if (byte < ascii_columns_.size()) {
        ++place;
        const uint32_t column = ascii_columns_[byte];
        const State next = table_[state + column];
        state = next != 0 ? next : Step(state, column - 1);
      } else {
        absl::string_view rest(place, static_cast<size_t>(end - place));
        const uint32_t character_class = nfa_.alphabet().ClassOf(TakeCharacter(&rest));
        place = rest.data();
        state = StepByClass(state, character_class);
      }
    }
    if (place == end || IsSettled(state)) return state;
    const uint32_t* row = &table_[state & kOffset];
    const size_t size = row[kSizeCell];
    if (static_cast<size_t>(end - place) < size ||
        std::memcmp(place, row + kBytesCell, size) != 0) {
      return Dead();
    }
    place += size;
    state = row[kNextCell] != 0 ? row[kNextCell] : StepOverLiteral(state);
  }
}

LazyDfa::State LazyDfa::StepByClass(State from, uint32_t character_class) {
  if (character_class >= columns_) return SparseStep(from, character_class);
  const State next = table_[from + 1 + character_class];
  return next != 0 ? next : Step(from, character_class);
}

LazyDfa::State LazyDfa::StepOverLiteral(State from) {
  nfa_.Reach(table_[(from & kOffset) + kEndCell], &scratch_);
  const uint64_t generation = generation_;
  const State next = Intern();
  if (generation == generation_) table_[(from & kOffset) + kNextCell] = next;
  return next;
}

LazyDfa::State LazyDfa::Dead() {
  if (dead_ != 0) return dead_;
  scratch_.clear();
  const State state = Intern();
  return dead_ = state;
}

LazyDfa::State LazyDfa::Step(State from, uint32_t character_class) {
  nfa_.Step(Positions(from), character_class, &scratch_);
  const uint64_t generation = generation_;
  const State next = Intern();
  // If the cache was cleared, `from` no longer has a row.
  if (generation == generation_ && character_class < columns_) {
    table_[from + 1 + character_class] = next;
  }
  return next;
}

LazyDfa::State LazyDfa::SparseStep(State from, uint32_t character_class) {
  const uint64_t key = uint64_t{from} << 32 | character_class;
  const auto found = sparse_.find(key);
  if (found != sparse_.end()) return found->second;
  const uint64_t generation = generation_;
  const State next = Step(from, character_class);
  if (generation != generation_) return next;
  // Clearing only these transitions leaves all states valid.
  if ((sparse_.size() + 1) * kGrowth * kSparseBytes > max_bytes_ / 4) {
    used_bytes_ -= sparse_.size() * kGrowth * kSparseBytes;
    sparse_.clear();
  }
  sparse_.emplace(key, next);
  used_bytes_ += kGrowth * kSparseBytes;
  return next;
}

LazyDfa::State LazyDfa::Intern() {
  const uint32_t outcome = rule_ != nullptr ? rule_->Settle(&scratch_) : 0;
  const auto found = index_.find(absl::MakeConstSpan(scratch_));
  if (found != index_.end()) return records_[*found].state;
  return Add(outcome);
}

// Whether each position is a match that stays one whatever text follows; true without positions.
bool LazyDfa::ScratchIsSettled() const {
  return std::all_of(scratch_.begin(), scratch_.end(), [this](Nfa::Position position) {
    return nfa_.LastingAcceptAt(position) != Nfa::kNone;
  });
}

LazyDfa::State LazyDfa::Add(uint32_t outcome) {
  const bool settled = ScratchIsSettled();
  Nfa::Position literal_end = 0;
  literal_.clear();
  if (scratch_.size() == 1 && !settled) {
    literal_end = nfa_.FindLiteral(scratch_[0], &literal_);
  }
  const bool literal = !literal_.empty();
  const size_t row = settled   ? 1
                     : literal ? kBytesCell + (literal_.size() + 3) / sizeof(uint32_t)
                               : 1 + columns_;
  const size_t bytes =
      kGrowth * ((row + scratch_.size()) * sizeof(uint32_t) + sizeof(Record) + kIndexBytes);
  if (used_bytes_ + bytes > max_bytes_ && !records_.empty()) Clear();
  used_bytes_ += bytes;
  const auto number = static_cast<uint32_t>(records_.size());
  const auto offset = static_cast<State>(table_.size());
  records_.push_back({static_cast<uint32_t>(pool_.size()), static_cast<uint32_t>(scratch_.size()),
                      outcome,
                      offset | (settled   ? kSettled
                                : literal ? kLiteral
                                          : 0)});
  pool_.insert(pool_.end(), scratch_.begin(), scratch_.end());
  table_.resize(table_.size() + row);
  table_[offset] = number;
  if (literal) {
    table_[offset + kSizeCell] = static_cast<uint32_t>(literal_.size());
    table_[offset + kEndCell] = literal_end;
    std::memcpy(&table_[offset + kBytesCell], literal_.data(), literal_.size());
  }
  index_.insert(number);
  return records_.back().state;
}

void LazyDfa::Clear() {
  ++generation_;
  used_bytes_ = 0;
  dead_ = 0;
  index_.clear();
  sparse_.clear();
  records_.clear();
  table_.assign(1, 0);  // so that no state is 0
  pool_.clear();
  // Otherwise a state larger than the cache would keep its memory for good.
  if (pool_.capacity() * sizeof(pool_[0]) > max_bytes_) pool_.shrink_to_fit();
}

}  // namespace pyslow::patterns
