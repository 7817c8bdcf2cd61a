// Targets that no function is credited to, and what may have been meant.
#ifndef PYSLOW_REPORT_UNMATCHED_H_
#define PYSLOW_REPORT_UNMATCHED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "session/snapshot.h"

namespace pyslow::report {

struct UnmatchedTarget {
  uint32_t target = 0;  // index into Settings::targets
  // It takes functions in, and each of them belongs to an earlier line.
  bool shadowed = false;
  std::vector<std::string> near;  // patterns near it that would match, nearest first
};

// In the settings' order; exclusions, and targets of groups left out, are none. For the first
// kMostSearched alone it is searched what is near them.
inline constexpr size_t kMostSearched = 50;
std::vector<UnmatchedTarget> FindUnmatched(const session::SessionSnapshot& session);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_UNMATCHED_H_
