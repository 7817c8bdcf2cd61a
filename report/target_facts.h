// Compares the targets that matched nothing with the functions that ran.
#ifndef PYSLOW_REPORT_TARGET_FACTS_H_
#define PYSLOW_REPORT_TARGET_FACTS_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "patterns/main_names.h"
#include "patterns/target_set.h"
#include "report/target_hint.h"
#include "session/snapshot.h"

namespace pyslow::report {

// The identity of a function without the process that it was counted in.
FunctionIdView PlainId(const FunctionId& id);

// Says which group of two counts a function.
class GroupOrder {
 public:
  // `session` must outlive this object.
  explicit GroupOrder(const session::SessionSnapshot& session) : session_(session) {}

  // Whether a function that was counted in `counted` would otherwise have been counted in `group`:
  // in the same processes, or wherever it is called. Indices into Settings::groups.
  bool MayShadow(uint32_t counted, uint32_t group);

 private:
  const session::SessionSnapshot& session_;
  std::map<std::pair<uint32_t, uint32_t>, bool> known_;
};

// A target of the settings, parsed.
struct UnmatchedSides {
  uint32_t target = 0;  // index into Settings::targets
  const patterns::Target* parsed = nullptr;
};

struct TargetFacts {
  // It matches something that an earlier target is credited with.
  bool is_shadowed = false;
  // It names a function that ran, of a kind that its group counts, also if it has lines or a
  // caller.
  bool has_function = false;
  // It has a caller, which ran.
  bool has_caller = false;
  // The exclusions of its group match each function that it names.
  bool is_excluded = false;
};

// The facts of `targets`, in their order. Costs some 50 ns for each pair of a target and a
// function.
std::vector<TargetFacts> FindFacts(const session::SessionSnapshot& session,
                                   const patterns::MainNames& main_names,
                                   const CountedKinds& counts,
                                   const std::vector<UnmatchedSides>& targets, GroupOrder* order);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_TARGET_FACTS_H_
