#include "patterns/nfa.h"

#include <algorithm>

#include "base/utf8.h"
#include "patterns/nfa_builder.h"

namespace pyslow::patterns {

Nfa::Nfa(std::vector<Entry> entries, uint32_t roots) {
  NfaBuilder(this, std::move(entries)).Build(roots);
}

bool Nfa::Matches(uint32_t code, uint32_t character_class) const {
  switch (OpOf(code)) {
    case Op::kClass:
      return ArgumentOf(code) == character_class;
    case Op::kSet:
      return Contains(sets_[ArgumentOf(code)], alphabet_.Representative(character_class));
    case Op::kAny:
      return true;
    default:
      return false;
  }
}

void Nfa::Activate(Position position, Positions* positions) const {
  for (;;) {
    positions->push_back(position);
    const uint32_t code = ops_[position];
    switch (OpOf(code)) {
      case Op::kRun:
      case Op::kAcceptAndGo:
        ++position;
        break;
      case Op::kBranch:
        position = branches_[ArgumentOf(code)].run;
        if (position == kNone) return;
        break;
      default:
        return;
    }
  }
}

void Nfa::Start(absl::Span<const uint32_t> roots, Positions* positions) const {
  positions->clear();
  for (const uint32_t root : roots) {
    if (roots_[root] != kNone) Activate(roots_[root], positions);
  }
  Tidy(positions);
}

void Nfa::StepBranch(const Branch& branch, uint32_t character_class, Positions* to) const {
  const auto first = edges_.begin() + branch.first_edge;
  const auto others = first + branch.class_edges;
  const uint32_t wanted = Encode(Op::kClass, character_class);
  const auto found = std::lower_bound(
      first, others, wanted, [](const Edge& edge, uint32_t code) { return edge.op < code; });
  if (found != others && found->op == wanted) Activate(found->target, to);
  for (auto edge = others; edge != others + branch.other_edges; ++edge) {
    if (Matches(edge->op, character_class)) Activate(edge->target, to);
  }
}

void Nfa::Step(absl::Span<const Position> from, uint32_t character_class, Positions* to) const {
  to->clear();
  for (const Position position : from) {
    const uint32_t code = ops_[position];
    if (OpOf(code) == Op::kRun) {
      Activate(position, to);
    } else if (OpOf(code) == Op::kBranch) {
      StepBranch(branches_[ArgumentOf(code)], character_class, to);
    } else if (Matches(code, character_class)) {
      Activate(position + 1, to);
    }
  }
  Tidy(to);
}

// Sorts the positions and removes those before an active kRun of the same chain: every match that
// they lead to passes the run, which is active already. This keeps the sets of `*a*b*c*` small.
void Nfa::Tidy(Positions* positions) const {
  std::sort(positions->begin(), positions->end());
  positions->erase(std::unique(positions->begin(), positions->end()), positions->end());
  Position chain_start = kNone;  // of the nearest kRun after the current position
  auto kept = positions->end();
  for (auto place = positions->end(); place != positions->begin();) {
    const Position position = *--place;
    if (chain_start != kNone && position >= chain_start) continue;
    *--kept = position;
    if (OpOf(ops_[position]) == Op::kRun) chain_start = chains_[ChainOf(position)].start;
  }
  positions->erase(positions->begin(), kept);
}

Nfa::Position Nfa::FindLiteral(Position position, std::string* literal) const {
  literal->clear();
  const Position stop = position + kMaxLiteral;
  for (; position < stop && OpOf(ops_[position]) == Op::kClass; ++position) {
    // The class of a literal has one character.
    AppendUtf8(alphabet_.Representative(ArgumentOf(ops_[position])), literal);
  }
  return position;
}

void Nfa::Reach(Position position, Positions* positions) const {
  positions->clear();
  Activate(position, positions);
}

uint32_t Nfa::AcceptAt(Position position) const {
  const Op op = OpOf(ops_[position]);
  return op == Op::kAccept || op == Op::kAcceptAndGo ? ArgumentOf(ops_[position]) : kNone;
}

uint32_t Nfa::LastingAcceptAt(Position position) const {
  if (OpOf(ops_[position]) == Op::kRun) return AcceptAt(position + 1);
  const bool after_run = position > 0 && OpOf(ops_[position - 1]) == Op::kRun;
  return after_run ? AcceptAt(position) : kNone;
}

absl::Span<const uint32_t> Nfa::Values(uint32_t accept) const {
  const uint32_t begin = accept == 0 ? 0 : value_ends_[accept - 1];
  return absl::MakeConstSpan(values_).subspan(begin, value_ends_[accept] - begin);
}

uint32_t Nfa::ChainOf(Position position) const {
  const auto after =
      std::upper_bound(chains_.begin(), chains_.end(), position,
                       [](Position p, const Chain& chain) { return p < chain.start; });
  return static_cast<uint32_t>(after - chains_.begin()) - 1;
}

size_t Nfa::MemoryBytes() const {
  size_t bytes = alphabet_.MemoryBytes() + (ops_.capacity() + roots_.capacity() +
                                            values_.capacity() + value_ends_.capacity()) *
                                               sizeof(uint32_t);
  bytes += branches_.capacity() * sizeof(Branch) + edges_.capacity() * sizeof(Edge) +
           chains_.capacity() * sizeof(Chain);
  for (const CharSet& set : sets_)
    bytes += sizeof(CharSet) + set.capacity() * sizeof(CharSet::value_type);
  return bytes;
}

}  // namespace pyslow::patterns
