// Whole files of users: reading and replacing them. The message of an error follows "PATH: ".
#ifndef PYSLOW_BASE_FILE_H_
#define PYSLOW_BASE_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// The content of the regular file at `path`. Refuses pipes and devices, so it never blocks on them.
// Errors: NotFound, PermissionDenied, InvalidArgument (not a regular file, or a NUL in the path),
// ResourceExhausted (larger than `max_bytes`), Unavailable (any other).
absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t max_bytes);

// Replaces the file at `path` by one with this content. Readers see the old file or the new one,
// never a part; after an error the old file is unchanged. Writes "PATH.new" and renames it, so one
// process at a time. Unavailable for any error of the system.
absl::Status WriteFile(const std::string& path, absl::string_view content);

// Replaces `path`, which need not exist, by a symbolic link in one step: makes the link as
// `unfinished`, which no other process may use, and renames it. False, with errno set and nothing
// changed, if the system refuses.
bool ReplaceByLink(const std::string& target, const std::string& unfinished,
                   const std::string& path);

}  // namespace pyslow

#endif  // PYSLOW_BASE_FILE_H_
