// Reading a user's file whole, with every way it can fail told in words.
#ifndef PYSLOW_BASE_FILE_H_
#define PYSLOW_BASE_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace pyslow {

// The content of the regular file at `path`. Never blocks on a pipe or a device: these are refused.
// Errors, worded to follow "PATH: ": NotFound, PermissionDenied, InvalidArgument (not a regular
// file, or a NUL in the path), ResourceExhausted (over `max_bytes`), Unavailable (any other).
absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t max_bytes);

}  // namespace pyslow

#endif  // PYSLOW_BASE_FILE_H_
