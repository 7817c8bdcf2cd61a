// Which target a function belongs to when several take it in: the first group, in order, with an
// inclusion and no exclusion that matches, and there the first inclusion.
#ifndef PYSLOW_PATTERNS_GROUP_RULE_H_
#define PYSLOW_PATTERNS_GROUP_RULE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "patterns/automaton.h"
#include "patterns/matcher_program.h"

namespace pyslow::patterns {

// The rule for a program whose entries' values are ranks: the targets numbered from 0 by group, and
// within a group by line. An outcome is the rank of the inclusion to be credited, or kNone.
class GroupRule : public OutcomeRule {
 public:
  static constexpr uint32_t kNone = Program::kNone;
  struct Rank {
    uint32_t group;
    bool excludes;
  };

  // `program` must outlive the rule. `ranks` is indexed by rank.
  GroupRule(const Program* program, std::vector<Rank> ranks);

  uint32_t Settle(Program::Positions* positions) const override;

 private:
  // What can still match from anywhere in a chain on.
  struct Reach {
    uint32_t lowest_rank = kNone;
    uint32_t highest_rank = 0;
    uint32_t lowest_excluded = kNone;  // groups
    uint32_t highest_excluded = 0;
  };
  // What holds whatever follows.
  struct Lasting {
    std::vector<uint32_t> excluded;  // groups, ascending
    uint32_t inclusion = kNone;      // the lowest rank of a group that is not among them
    bool final = false;              // and no exclusion can undo it
  };

  void ReduceAccepts();
  void FillReaches();
  absl::Span<const uint32_t> RanksOf(uint32_t accept) const;
  bool Excludes(uint32_t accept) const;
  Lasting FindLasting(const Program::Positions& positions) const;
  bool MayExclude(const Program::Positions& positions, uint32_t group) const;
  bool IsSuperfluous(Program::Position position, const Lasting& lasting) const;
  uint32_t OutcomeOf(std::vector<uint32_t>* ranks) const;
  uint32_t PresentOutcome(const Program::Positions& positions) const;

  const Program& program_;
  const std::vector<Rank> ranks_;
  // For each accept, the ranks that can matter: of each group its first inclusion, or one
  // exclusion.
  std::vector<uint32_t> accept_ranks_;
  std::vector<uint32_t> accept_ends_;
  std::vector<Reach> reaches_;  // by chain
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_GROUP_RULE_H_
