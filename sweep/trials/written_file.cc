#include "sweep/trials/written_file.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "session/format.h"
#include "sweep/trials/results_directory.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxFileBytes = 256 << 20;

std::optional<struct stat> StateOf(const std::string& path) {
  struct stat state = {};
  if (stat(path.c_str(), &state) != 0) return std::nullopt;
  return state;
}

bool IsSame(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// Whether nobody wrote the file between the two states.
bool IsUnwritten(const struct stat& before, const struct stat& after) {
  return before.st_dev == after.st_dev && before.st_ino == after.st_ino &&
         before.st_size == after.st_size && IsSame(before.st_mtim, after.st_mtim) &&
         IsSame(before.st_ctim, after.st_ctim);
}

}  // namespace

WrittenFile::WrittenFile(std::string path) : path_(std::move(path)), before_(StateOf(path_)) {
  if (!before_.has_value()) return;
  const absl::StatusOr<std::string> content = ReadRegularFile(path_, kMaxFileBytes);
  if (!content.ok()) return;
  size_ = content->size();
  checksum_ = session::Checksum(0, *content);
}

absl::StatusOr<WrittenFile::Content> WrittenFile::Read() const {
  const std::optional<struct stat> after = StateOf(path_);
  if (!after.has_value()) {
    std::error_code ignored;
    return absl::NotFoundError(
        absl::StrCat("there is no such file after the trial; name the file "
                     "that the command writes, relative to ",
                     std::filesystem::current_path(ignored).string()));
  }
  if (before_.has_value() && IsUnwritten(*before_, *after)) {
    return absl::FailedPreconditionError(absl::StrCat("the trial did not write it: it is of ",
                                                      FormatUtc(after->st_mtim.tv_sec),
                                                      "; name the file that the command writes"));
  }
  absl::StatusOr<std::string> text = ReadRegularFile(path_, kMaxFileBytes);
  if (!text.ok()) return text.status();
  Content content;
  const absl::string_view old = absl::string_view(*text).substr(0, size_);
  const bool is_longer = before_.has_value() && text->size() > size_;
  if (is_longer && session::Checksum(0, old) == checksum_) content.added_at = size_;
  content.text = *std::move(text);
  return content;
}

}  // namespace pyslow::trials
