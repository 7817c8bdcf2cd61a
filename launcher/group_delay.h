// A delay that one group has of its own, as --group-delay gives it: NAME=TIME or NAME=TIME/N.
#ifndef PYSLOW_LAUNCHER_GROUP_DELAY_H_
#define PYSLOW_LAUNCHER_GROUP_DELAY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "session/cell.h"

namespace pyslow::launcher {

struct GroupDelay {
  std::string group;
  session::Cell cell;
};

// Reads texts of one group each, or of several with line breaks between them, as the variable has
// them; `frequency` (1 …) is for those without an N of their own. InvalidArgument, worded to follow
// "--group-delay: ", for a mistake and for a group that is given twice.
absl::StatusOr<std::vector<GroupDelay>> ParseGroupDelays(absl::Span<const std::string> texts,
                                                         int64_t frequency);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_GROUP_DELAY_H_
