#include "session/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"

namespace pyslow::session {
namespace {

// With O_NOFOLLOW and O_DIRECTORY, open() reports a link and a regular file with the same errno.
absl::Status NotADirectory(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    return absl::PermissionDeniedError(
        "it is a symbolic link; give the path of the directory itself");
  }
  return absl::FailedPreconditionError("it is not a directory");
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

FileIdentity IdentityOf(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

absl::Status SystemError(int error, absl::string_view what) {
  const std::string message = absl::StrCat(what, ": ", std::strerror(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:
      return absl::ResourceExhaustedError(message);
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::StatusOr<std::string> AbsolutePath(const std::string& path) {
  if (path.empty()) return absl::InvalidArgumentError("the directory's name is empty");
  if (path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("the directory's name contains a NUL");
  }
  std::string absolute = path;
  if (path.front() != '/') {
    char cwd[PATH_MAX];
    if (getcwd(cwd, sizeof cwd) == nullptr) return SystemError(errno, "no working directory");
    absolute = absl::StrCat(cwd, "/", path);
  }
  // With a trailing slash, open() follows a link in spite of O_NOFOLLOW.
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  return absolute;
}

absl::StatusOr<Fd> OpenDirectory(const std::string& path, DirectoryUse use) {
  Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd.get() < 0) {
    if (errno == ENOTDIR || errno == ELOOP) return NotADirectory(path);
    if (errno == ENOENT) return absl::NotFoundError("no such directory");
    return SystemError(errno, "cannot be opened");
  }
  if (use == DirectoryUse::kRead) return fd;
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return SystemError(errno, "cannot be examined");
  if (info.st_uid != geteuid()) {
    return absl::PermissionDeniedError(
        absl::StrCat("another user owns it (uid ", info.st_uid, ")"));
  }
  return fd;
}

absl::StatusOr<std::vector<std::string>> ListDirectory(int directory) {
  // A new descriptor: fdopendir() takes ownership, and the offset has to be at the beginning.
  const int listed = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = listed < 0 ? nullptr : fdopendir(listed);
  if (stream == nullptr) {
    const absl::Status status = SystemError(errno, "cannot be listed");
    if (listed >= 0) close(listed);
    return status;
  }
  const auto closer = absl::MakeCleanup([stream] { closedir(stream); });
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return SystemError(errno, "cannot be listed");
  return names;
}

absl::StatusOr<Fd> CreateFile(int directory, const std::string& name) {
  Fd fd(openat(directory, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  // fchmod: the umask can remove the owner's permissions.
  if (fd.get() < 0 || fchmod(fd.get(), 0600) != 0) {
    return SystemError(errno, "cannot create a file in it");
  }
  return fd;
}

absl::StatusOr<Fd> OpenFile(int directory, const std::string& name, int flags) {
  // O_NONBLOCK: opening a pipe must not block.
  Fd fd(openat(directory, name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (fd.get() < 0) {
    if (errno == ELOOP) return absl::DataLossError("it is a symbolic link");
    return SystemError(errno, "cannot be opened");
  }
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return SystemError(errno, "cannot be examined");
  if (!S_ISREG(info.st_mode)) return absl::DataLossError("it is not a regular file");
  // Another user may have created it before MakePrivate removed the permissions of the directory.
  if (flags != O_RDONLY && info.st_uid != geteuid()) {
    return absl::PermissionDeniedError(
        absl::StrCat("another user owns it (uid ", info.st_uid, ")"));
  }
  return fd;
}

absl::Status RenameToNew(int directory, const std::string& from, const std::string& to) {
  if (renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) {
    return absl::OkStatus();
  }
  // Some file systems, such as NFS, do not support RENAME_NOREPLACE. link() also fails if the name
  // exists.
  if (errno == EINVAL || errno == ENOSYS) {
    if (linkat(directory, from.c_str(), directory, to.c_str(), 0) == 0) {
      unlinkat(directory, from.c_str(), 0);
      return absl::OkStatus();
    }
  }
  return SystemError(errno, "cannot rename a file in it");
}

absl::Status Reserve(int file, uint64_t size, uint64_t bytes) {
  // Above the limit the kernel sends SIGXFSZ, which kills the process by default.
  rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && size + bytes > limit.rlim_cur) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no space: the file size limit is ", limit.rlim_cur, " bytes (ulimit -f)"));
  }
  int error = 0;
  do {
    error = posix_fallocate(file, static_cast<off_t>(size), static_cast<off_t>(bytes));
  } while (error == EINTR);
  if (error == 0) return absl::OkStatus();
  // ext4 keeps the blocks that it allocated before it failed.
  const bool truncated = ftruncate(file, static_cast<off_t>(size)) == 0;
  return SystemError(error, absl::StrCat("no space for ", bytes, " bytes",
                                         truncated ? "" : " (and the file cannot be truncated)"));
}

bool KeepsReservations(int file) {
  // From linux/magic.h; the values that it lacks are from the file system's headers.
  static constexpr std::array<uint32_t, 10> kWithout = {
      0x6969,      // NFS
      0x9123683e,  // btrfs
      0x2fc12fc1,  // ZFS
      0xca451a4e,  // bcachefs
      0x65735546,  // FUSE
      0x01021997,  // 9p
      0xff534d42,  // CIFS
      0xfe534d42,  // SMB2
      0x00c36400,  // Ceph
      0x0bd00bd0,  // Lustre
  };
  struct statfs info;
  if (fstatfs(file, &info) != 0) return true;
  return std::find(kWithout.begin(), kWithout.end(), static_cast<uint32_t>(info.f_type)) ==
         kWithout.end();
}

absl::StatusOr<char*> MapShared(int file, uint64_t offset, size_t bytes) {
  void* address =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, static_cast<off_t>(offset));
  if (address == MAP_FAILED) return SystemError(errno, "cannot be mapped");
  return static_cast<char*>(address);
}

char* MapPrivate(size_t bytes) {
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<char*>(address);
}

bool MoveMapping(char* from, size_t bytes, char* to) {
  return mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED;
}

absl::StatusOr<std::string> ReadFile(int file, uint64_t max_bytes) {
  struct stat info;
  if (fstat(file, &info) != 0) return SystemError(errno, "cannot be examined");
  if (static_cast<uint64_t>(info.st_size) > max_bytes) {
    return absl::DataLossError(
        absl::StrCat("it has ", info.st_size, " bytes; the maximum is ", max_bytes));
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t more = pread(file, &bytes[got], bytes.size() - got, static_cast<off_t>(got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return SystemError(errno, "cannot be read");
    if (more == 0) break;  // truncated since fstat
    got += static_cast<size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

std::string RandomDigits() {
  std::array<char, 16> bytes{};
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t more = getrandom(&bytes[got], bytes.size() - got, 0);
    if (more > 0) {
      got += static_cast<size_t>(more);
    } else if (errno != EINTR) {  // forbidden by a sandbox: use the time and the pid
      const uint64_t word = static_cast<uint64_t>(MonotonicNs()) * (2 * getpid() + 1);
      std::memcpy(bytes.data() + 8, &word, 8);
      break;
    }
  }
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

size_t PageBytes() {
  static const auto bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace pyslow::session
