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
#include "session/host.h"

namespace pyslow::session {
namespace {

// What a file is, for an error: opening it with O_NOFOLLOW says the same for several kinds.
absl::Status NotADirectory(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    return absl::PermissionDeniedError("it is a link; name the directory itself");
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
    return absl::InvalidArgumentError("the directory's name has a NUL in it");
  }
  std::string absolute = path;
  if (path.front() != '/') {
    char cwd[PATH_MAX];
    if (getcwd(cwd, sizeof cwd) == nullptr) return SystemError(errno, "no working directory");
    absolute = absl::StrCat(cwd, "/", path);
  }
  // A slash at the end would follow a link.
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
        absl::StrCat("it belongs to another user (uid ", info.st_uid, ")"));
  }
  return fd;
}

absl::StatusOr<std::vector<std::string>> ListDirectory(int directory) {
  // fdopendir takes its descriptor over, and "." opened anew starts at the beginning.
  const int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = own < 0 ? nullptr : fdopendir(own);
  if (stream == nullptr) {
    const absl::Status status = SystemError(errno, "cannot be listed");
    if (own >= 0) close(own);
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
  // fchmod: the umask may have taken the user's own rights.
  if (fd.get() < 0 || fchmod(fd.get(), 0600) != 0) {
    return SystemError(errno, "no file can be made in it");
  }
  return fd;
}

absl::StatusOr<Fd> OpenFile(int directory, const std::string& name, int flags) {
  // O_NONBLOCK: a pipe put in the place of a file must not hold us up.
  Fd fd(openat(directory, name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (fd.get() < 0) {
    if (errno == ELOOP) return absl::DataLossError("it is a link");
    return SystemError(errno, "cannot be opened");
  }
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return SystemError(errno, "cannot be examined");
  if (!S_ISREG(info.st_mode)) return absl::DataLossError("it is not a regular file");
  // Put there while the directory was still open to others (see MakePrivate).
  if (flags != O_RDONLY && info.st_uid != geteuid()) {
    return absl::PermissionDeniedError(
        absl::StrCat("it belongs to another user (uid ", info.st_uid, ")"));
  }
  return fd;
}

absl::Status RenameToNew(int directory, const std::string& from, const std::string& to) {
  if (renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) {
    return absl::OkStatus();
  }
  // Some file systems (NFS) know no RENAME_NOREPLACE; a hard link is as exclusive.
  if (errno == EINVAL || errno == ENOSYS) {
    if (linkat(directory, from.c_str(), directory, to.c_str(), 0) == 0) {
      unlinkat(directory, from.c_str(), 0);
      return absl::OkStatus();
    }
  }
  return SystemError(errno, "no file can be named in it");
}

absl::Status Reserve(int file, uint64_t size, uint64_t bytes) {
  // Over the limit the kernel would send SIGXFSZ, which ends the process.
  rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && size + bytes > limit.rlim_cur) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no space: files may have ", limit.rlim_cur, " bytes at most (ulimit -f)"));
  }
  int error = 0;
  do {
    error = posix_fallocate(file, static_cast<off_t>(size), static_cast<off_t>(bytes));
  } while (error == EINTR);
  if (error == 0) return absl::OkStatus();
  // ext4 keeps what it got before it failed. Where this fails too there is nothing else to do.
  const bool given_back = ftruncate(file, static_cast<off_t>(size)) == 0;
  return SystemError(error, absl::StrCat("no space for ", bytes, " bytes",
                                         given_back ? "" : " (nor to give them back)"));
}

bool KeepsReservations(int file) {
  // From linux/magic.h, and for those that are not there from the file system's own headers.
  static constexpr std::array<uint32_t, 10> kWithout = {
      0x6969,      // NFS
      0x9123683e,  // btrfs
      0x2fc12fc1,  // ZFS
      0xca451a4e,  // bcachefs
      0x65735546,  // FUSE: whatever is behind it
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
    return absl::DataLossError(absl::StrCat("it has ", info.st_size, " bytes, more than the ",
                                            max_bytes, " that such a file can have"));
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t more = pread(file, &bytes[got], bytes.size() - got, static_cast<off_t>(got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return SystemError(errno, "cannot be read");
    if (more == 0) break;  // truncated meanwhile
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
    } else if (errno != EINTR) {  // forbidden by a sandbox: still unlike, as time and pid are
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
