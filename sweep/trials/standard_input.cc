#include "sweep/trials/standard_input.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/typed_command.h"

namespace pyslow::trials {
namespace {

// Reads to the end, by `read_at`(buffer, size, position).
template <typename ReadAt>
absl::StatusOr<std::string> ReadAll(size_t max_bytes, ReadAt read_at) {
  std::string content;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t got = read_at(buffer.data(), buffer.size(), content.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return absl::UnavailableError(
          absl::StrCat("standard input: cannot be read: ", std::strerror(errno)));
    }
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(got));
    if (content.size() > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("standard input: it is larger than ", max_bytes >> 20,
                       " MiB; give the command a file name instead, and < /dev/null"));
    }
  }
}

absl::StatusOr<std::string> ReadInputFile(int fd, size_t max_bytes) {
  const off_t begin = std::max<off_t>(0, lseek(fd, 0, SEEK_CUR));
  return ReadAll(max_bytes, [&](char* buffer, size_t size, size_t position) {
    return pread(fd, buffer, size, begin + static_cast<off_t>(position));
  });
}

bool HasBytes(int fd) {
  int bytes = 0;
  return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

}  // namespace

bool ReadsProgramFromInput(const std::vector<std::string>& command) {
  return PythonProgramOf(command).kind == PythonProgram::Kind::kInput;
}

absl::StatusOr<StandardInput> ReadStandardInput(int fd, bool has_program, size_t max_bytes) {
  StandardInput input;
  struct stat info = {};
  const bool is_open = fstat(fd, &info) == 0;
  const bool is_terminal = is_open && isatty(fd) != 0;
  absl::StatusOr<std::string> content = "";
  if (is_open && S_ISREG(info.st_mode)) {
    content = ReadInputFile(fd, max_bytes);
  } else if (is_open && has_program && !is_terminal) {
    content = ReadAll(max_bytes, [&](char* buffer, size_t size, size_t /*position*/) {
      return read(fd, buffer, size);
    });
  } else if (is_open && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode))) {
    input.has_ignored_pipe = HasBytes(fd);
  }
  if (!content.ok()) return content.status();
  if (has_program && content->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "standard input: Python reads the program from it, but it is ",
        is_terminal ? "a terminal" : "empty", "; redirect a file, as in '-- - < benchmark.py'"));
  }
  input.content = *std::move(content);
  return input;
}

}  // namespace pyslow::trials
