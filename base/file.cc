#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace pyslow {
namespace {

absl::Status SystemError(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError("no such file");
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError("permission denied");
    default:
      return absl::UnavailableError(absl::StrCat("cannot be read: ", std::strerror(error)));
  }
}

absl::string_view KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t max_bytes) {
  if (path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("the name contains a NUL");
  }
  // O_NONBLOCK: otherwise opening a pipe that has no writer blocks.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return SystemError(errno);
  const auto closer = absl::MakeCleanup([fd] { close(fd); });
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemError(errno);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("it is ", KindOf(info.st_mode), "; a regular file is needed"));
  }
  std::string text;
  char buffer[4096];  // one page: each page touched adds to the start time
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return text;
    if (got < 0) {
      if (errno == EINTR) continue;
      return SystemError(errno);
    }
    text.append(buffer, static_cast<size_t>(got));
    if (text.size() > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("it is larger than the limit of ", max_bytes, " bytes"));
    }
  }
}

absl::Status WriteFile(const std::string& path, absl::string_view content) {
  const std::string unfinished = absl::StrCat(path, ".new");
  std::FILE* const file = std::fopen(unfinished.c_str(), "we");
  int error = file == nullptr ? errno : 0;
  if (file != nullptr) {
    if (std::fwrite(content.data(), 1, content.size(), file) != content.size()) error = errno;
    if (std::fclose(file) != 0 && error == 0) error = errno;
    if (error == 0 && std::rename(unfinished.c_str(), path.c_str()) != 0) error = errno;
    if (error != 0) std::remove(unfinished.c_str());
  }
  if (error == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot be written: ", std::strerror(error)));
}

bool ReplaceByLink(const std::string& target, const std::string& unfinished,
                   const std::string& path) {
  unlink(unfinished.c_str());
  if (symlink(target.c_str(), unfinished.c_str()) != 0) return false;
  if (std::rename(unfinished.c_str(), path.c_str()) == 0) return true;
  const int error = errno;
  unlink(unfinished.c_str());
  errno = error;
  return false;
}

}  // namespace pyslow
