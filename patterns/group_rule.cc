#include "patterns/group_rule.h"

#include <algorithm>
#include <utility>

namespace pyslow::patterns {

GroupRule::GroupRule(const Nfa* nfa, std::vector<Rank> ranks)
    : nfa_(*nfa), ranks_(std::move(ranks)) {
  ReduceAccepts();
  FillReaches();
}

void GroupRule::ReduceAccepts() {
  for (uint32_t accept = 0; accept < nfa_.accepts(); ++accept) {
    const size_t begin = accept_ranks_.size();
    for (const uint32_t rank : nfa_.Values(accept)) {
      const bool same_group =
          accept_ranks_.size() > begin && ranks_[accept_ranks_.back()].group == ranks_[rank].group;
      if (!same_group) {
        accept_ranks_.push_back(rank);
      } else if (ranks_[rank].excludes) {
        accept_ranks_.back() = rank;
      }
    }
    accept_ends_.push_back(static_cast<uint32_t>(accept_ranks_.size()));
  }
}

absl::Span<const uint32_t> GroupRule::RanksOf(uint32_t accept) const {
  const uint32_t begin = accept == 0 ? 0 : accept_ends_[accept - 1];
  return absl::MakeConstSpan(accept_ranks_).subspan(begin, accept_ends_[accept] - begin);
}

bool GroupRule::Excludes(uint32_t accept) const {
  const auto ranks = RanksOf(accept);
  return std::any_of(ranks.begin(), ranks.end(),
                     [this](uint32_t rank) { return ranks_[rank].excludes; });
}

// From the last chain to the first, since the parent of a chain has a lower index.
void GroupRule::FillReaches() {
  const std::vector<Nfa::Chain>& chains = nfa_.chains();
  reaches_.resize(chains.size());
  for (size_t i = chains.size(); i-- > 0;) {
    Reach& reach = reaches_[i];
    if (chains[i].accept != Nfa::kNone) {
      for (const uint32_t rank : RanksOf(chains[i].accept)) {
        reach.lowest_rank = std::min(reach.lowest_rank, rank);
        reach.highest_rank = std::max(reach.highest_rank, rank);
        if (!ranks_[rank].excludes) continue;
        reach.lowest_excluded = std::min(reach.lowest_excluded, ranks_[rank].group);
        reach.highest_excluded = std::max(reach.highest_excluded, ranks_[rank].group);
      }
    }
    if (chains[i].parent == Nfa::kNone) continue;
    Reach& parent = reaches_[chains[i].parent];
    parent.lowest_rank = std::min(parent.lowest_rank, reach.lowest_rank);
    parent.highest_rank = std::max(parent.highest_rank, reach.highest_rank);
    parent.lowest_excluded = std::min(parent.lowest_excluded, reach.lowest_excluded);
    parent.highest_excluded = std::max(parent.highest_excluded, reach.highest_excluded);
  }
}

GroupRule::Lasting GroupRule::FindLasting(const Nfa::Positions& positions) const {
  Lasting lasting;
  std::vector<uint32_t> ranks;
  for (const Nfa::Position position : positions) {
    const uint32_t accept = nfa_.LastingAcceptAt(position);
    if (accept == Nfa::kNone) continue;
    for (const uint32_t rank : RanksOf(accept)) {
      if (ranks_[rank].excludes) {
        lasting.excluded.push_back(ranks_[rank].group);
      } else {
        ranks.push_back(rank);
      }
    }
  }
  std::sort(lasting.excluded.begin(), lasting.excluded.end());
  for (const uint32_t rank : ranks) {
    if (rank < lasting.inclusion &&
        !std::binary_search(lasting.excluded.begin(), lasting.excluded.end(), ranks_[rank].group)) {
      lasting.inclusion = rank;
    }
  }
  lasting.final =
      lasting.inclusion != kNone && !MayExclude(positions, ranks_[lasting.inclusion].group);
  return lasting;
}

bool GroupRule::MayExclude(const Nfa::Positions& positions, uint32_t group) const {
  return std::any_of(positions.begin(), positions.end(), [&](Nfa::Position position) {
    // The lasting matches do not exclude `group`: the caller has checked that.
    if (nfa_.LastingAcceptAt(position) != Nfa::kNone) return false;
    const Reach& reach = reaches_[nfa_.ChainOf(position)];
    return reach.lowest_excluded <= group && group <= reach.highest_excluded;
  });
}

bool GroupRule::IsSuperfluous(Nfa::Position position, const Lasting& lasting) const {
  const Reach& reach = reaches_[nfa_.ChainOf(position)];
  const uint32_t group = ranks_[reach.lowest_rank].group;
  const bool one_group = group == ranks_[reach.highest_rank].group;
  if (lasting.inclusion != kNone && reach.lowest_rank > lasting.inclusion) {
    if (lasting.final) return true;
    const bool same_group = one_group && group == ranks_[lasting.inclusion].group;
    if (same_group && reach.lowest_excluded == kNone) return true;
  }
  if (!one_group || !std::binary_search(lasting.excluded.begin(), lasting.excluded.end(), group)) {
    return false;
  }
  const uint32_t accept = nfa_.LastingAcceptAt(position);
  return accept == Nfa::kNone || !Excludes(accept);  // never the exclusion itself
}

uint32_t GroupRule::OutcomeOf(std::vector<uint32_t>* ranks) const {
  std::sort(ranks->begin(), ranks->end());
  for (size_t i = 0; i < ranks->size();) {
    const uint32_t group = ranks_[(*ranks)[i]].group;
    uint32_t first = kNone;
    bool excluded = false;
    for (; i < ranks->size() && ranks_[(*ranks)[i]].group == group; ++i) {
      excluded = excluded || ranks_[(*ranks)[i]].excludes;
      first = std::min(first, (*ranks)[i]);
    }
    if (!excluded) return first;
  }
  return kNone;
}

uint32_t GroupRule::PresentOutcome(const Nfa::Positions& positions) const {
  std::vector<uint32_t> ranks;
  for (const Nfa::Position position : positions) {
    const uint32_t accept = nfa_.AcceptAt(position);
    if (accept == Nfa::kNone) continue;
    const auto more = RanksOf(accept);
    ranks.insert(ranks.end(), more.begin(), more.end());
  }
  return OutcomeOf(&ranks);
}

uint32_t GroupRule::Settle(Nfa::Positions* positions) const {
  const Lasting lasting = FindLasting(*positions);
  if (lasting.inclusion != kNone || !lasting.excluded.empty()) {
    positions->erase(
        std::remove_if(positions->begin(), positions->end(),
                       [&](Nfa::Position position) { return IsSuperfluous(position, lasting); }),
        positions->end());
  }
  return PresentOutcome(*positions);
}

}  // namespace pyslow::patterns
