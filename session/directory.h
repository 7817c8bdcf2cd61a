// System calls on a session directory and its files. Nothing here follows a symbolic link; files
// are private to one user; space is reserved before it is mapped. Thread-safe.
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

// Owns a file descriptor; closes it on destruction.
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

// Identity of an open file or directory; zeros if fstat fails.
FileIdentity IdentityOf(int fd);

// The errno value `error` as a Status "WHAT: strerror". ENOSPC, EDQUOT, EFBIG and ENOMEM are
// ResourceExhausted; ENOENT and ENOTDIR NotFound; EACCES, EPERM and EROFS PermissionDenied; EEXIST
// AlreadyExists; all others Unavailable.
absl::Status SystemError(int error, absl::string_view what);

// `path` as an absolute path without trailing slashes. InvalidArgument if it is empty or contains a
// NUL; NotFound if it is relative and the working directory was removed.
absl::StatusOr<std::string> AbsolutePath(const std::string& path);

enum class DirectoryUse { kRead, kWrite };
// Opens a directory; PermissionDenied if the last component is a link. kWrite: PermissionDenied
// also if another user owns it.
absl::StatusOr<Fd> OpenDirectory(const std::string& path, DirectoryUse use);

// The names in a directory, without "." and "..", unordered.
absl::StatusOr<std::vector<std::string>> ListDirectory(int directory);

// Creates a file with mode 0600.
absl::StatusOr<Fd> CreateFile(int directory, const std::string& name);
// Opens an existing regular file; DataLoss if it is a link or of another type. `flags`: O_RDONLY or
// O_RDWR. O_RDWR: PermissionDenied if another user owns it.
absl::StatusOr<Fd> OpenFile(int directory, const std::string& name, int flags);
// Renames a file. AlreadyExists if a file has the new name.
absl::Status RenameToNew(int directory, const std::string& from, const std::string& to);

// Extends a file of `size` bytes by `bytes` and allocates the blocks, so that a write through a
// mapping cannot raise SIGBUS on a full disk. On failure the file keeps its size, and no SIGXFSZ is
// raised.
absl::Status Reserve(int file, uint64_t size, uint64_t bytes);
// Whether the file system honours Reserve. Network and copy-on-write file systems do not.
bool KeepsReservations(int file);

// Maps `bytes` of the file, readable, writable and shared.
absl::StatusOr<char*> MapShared(int file, uint64_t offset, size_t bytes);
// Maps zeroed private memory. Null if there is no memory.
char* MapPrivate(size_t bytes);
// Moves a mapping to `to` and replaces the mapping there, so that pointers into it stay valid.
// False if there is no memory.
bool MoveMapping(char* from, size_t bytes, char* to);

// The content of a regular file. DataLoss if it has more than `max_bytes`.
absl::StatusOr<std::string> ReadFile(int file, uint64_t max_bytes);

// 32 hexadecimal digits from the kernel's random number generator.
std::string RandomDigits();

size_t PageBytes();

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_DIRECTORY_H_
