// Finds the targets that match no function, with suggestions.
#ifndef PYSLOW_REPORT_UNMATCHED_TARGETS_H_
#define PYSLOW_REPORT_UNMATCHED_TARGETS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "session/snapshot.h"

namespace pyslow::report {

struct UnmatchedTarget {
  uint32_t target = 0;  // index into Settings::targets
  // It matches functions, but an earlier target matches each of them.
  bool shadowed = false;
  // Similar patterns that match a called function, most similar first.
  std::vector<std::string> near;
  // A sentence on the reason, or "".
  std::string hint;
};

// In the order of the settings, without exclusions and targets of groups that are not chosen. Only
// for the first kMaxSuggested targets the other members are filled in.
inline constexpr size_t kMaxSuggested = 50;
std::vector<UnmatchedTarget> FindUnmatched(const session::SessionSnapshot& session);

// The chosen targets that count native calls and name an operator, which raises no call. Indices
// into Settings::targets.
std::vector<uint32_t> FindOperators(const session::Settings& settings);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_UNMATCHED_TARGETS_H_
