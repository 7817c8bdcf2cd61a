// The session directory and its files as the operating system sees them: opened without following a
// link, private to one user, with space reserved before it is mapped.
#ifndef PYSLOW_SESSION_DIRECTORY_H_
#define PYSLOW_SESSION_DIRECTORY_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "session/file_identity.h"

namespace pyslow::session {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// Of an open file or directory.
FileIdentity IdentityOf(int fd);

// `error` as a Status: "cannot be VERBED: REASON", with ENOSPC, EDQUOT and EFBIG as
// ResourceExhausted, missing files as NotFound, EACCES, EPERM and EROFS as PermissionDenied.
absl::Status SystemError(int error, absl::string_view what);

// `path` from the root on, without slashes at its end. Unavailable where there is no working
// directory any more.
absl::StatusOr<std::string> AbsolutePath(const std::string& path);

enum class DirectoryUse { kRead, kWrite };
// Opens a directory, not through a link. kWrite: PermissionDenied unless it is this user's.
absl::StatusOr<Fd> OpenDirectory(const std::string& path, DirectoryUse use);

// All names in it but "." and "..", in no order.
absl::StatusOr<std::vector<std::string>> ListDirectory(int directory);

// A new file, readable and writable by its user alone.
absl::StatusOr<Fd> CreateFile(int directory, const std::string& name);
// An existing regular file, not through a link. `flags`: O_RDONLY or O_RDWR; with the latter
// PermissionDenied unless it is this user's.
absl::StatusOr<Fd> OpenFile(int directory, const std::string& name, int flags);
// Gives a file its final name, unless that is taken: AlreadyExists.
absl::Status RenameToNew(int directory, const std::string& from, const std::string& to);

// Extends a file of `size` bytes by `bytes` that are really there, so that writing to them through
// a mapping cannot fail for want of space. On failure the file is as before, and no signal is
// raised.
absl::Status Reserve(int file, uint64_t size, uint64_t bytes);
// Whether the file system keeps what Reserve promises (network and copy-on-write ones do not).
bool KeepsReservations(int file);

absl::StatusOr<char*> MapShared(int file, uint64_t offset, size_t bytes);
// Zeroed memory of this process, or null.
char* MapPrivate(size_t bytes);
// Moves a mapping over the one at `to`, whose address others hold. False: out of memory.
bool MoveMapping(char* from, size_t bytes, char* to);

// The whole of a regular file, up to `max_bytes`: more is DataLoss.
absl::StatusOr<std::string> ReadFile(int file, uint64_t max_bytes);

// 32 random hexadecimal digits.
std::string RandomDigits();

size_t PageBytes();

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_DIRECTORY_H_
