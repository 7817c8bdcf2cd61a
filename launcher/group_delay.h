// Delays of single groups (--group-delay NAME=TIME or NAME=TIME/N).
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

// Parses texts of one group each, or of several groups separated by line breaks, as in the
// variable. `frequency` (>= 1) applies to groups without N. InvalidArgument for a syntax error and
// for a repeated group; the message is to be prefixed with the option's name.
absl::StatusOr<std::vector<GroupDelay>> ParseGroupDelays(absl::Span<const std::string> texts,
                                                         int64_t frequency);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_GROUP_DELAY_H_
