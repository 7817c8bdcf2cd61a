// Decides which target a function belongs to if several match it: the first inclusion of the first
// group, in order, that has a matching inclusion and no matching exclusion.
#ifndef PYSLOW_PATTERNS_GROUP_RULE_H_
#define PYSLOW_PATTERNS_GROUP_RULE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "patterns/lazy_dfa.h"
#include "patterns/nfa.h"

namespace pyslow::patterns {

// The rule for an Nfa whose values are ranks. A rank is the number of a target, from 0, ordered by
// group and within a group by line. An outcome is the rank of the deciding inclusion, or kNone.
class GroupRule : public OutcomeRule {
 public:
  static constexpr uint32_t kNone = Nfa::kNone;
  struct Rank {
    uint32_t group;
    bool excludes;
  };

  // `nfa` must outlive the rule. `ranks` is indexed by rank.
  GroupRule(const Nfa* nfa, std::vector<Rank> ranks);

  uint32_t Settle(Nfa::Positions* positions) const override;

 private:
  // The ranks that can still match from some position of a chain.
  struct Reach {
    uint32_t lowest_rank = kNone;
    uint32_t highest_rank = 0;
    uint32_t lowest_excluded = kNone;  // groups that have exclusions
    uint32_t highest_excluded = 0;
  };
  // The matches that stay matches whatever text follows.
  struct Lasting {
    std::vector<uint32_t> excluded;  // groups, ascending
    uint32_t inclusion = kNone;      // the lowest rank in a group that is not excluded
    bool final = false;              // no exclusion can still match in its group
  };

  void ReduceAccepts();
  void FillReaches();
  absl::Span<const uint32_t> RanksOf(uint32_t accept) const;
  bool Excludes(uint32_t accept) const;
  Lasting FindLasting(const Nfa::Positions& positions) const;
  bool MayExclude(const Nfa::Positions& positions, uint32_t group) const;
  bool IsSuperfluous(Nfa::Position position, const Lasting& lasting) const;
  uint32_t OutcomeOf(std::vector<uint32_t>* ranks) const;
  uint32_t PresentOutcome(const Nfa::Positions& positions) const;

  const Nfa& nfa_;
  const std::vector<Rank> ranks_;
  // For each accept, the relevant ranks: of each group its first inclusion, or one exclusion.
  std::vector<uint32_t> accept_ranks_;
  std::vector<uint32_t> accept_ends_;
  std::vector<Reach> reaches_;  // by chain
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_GROUP_RULE_H_
