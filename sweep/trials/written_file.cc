#include "sweep/trials/written_file.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/sanitize.h"
#include "sweep/trials/results_directory.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxFileBytes = 256 << 20;

// The file of this name, or those that the glob matches.
std::vector<std::string> FilesOf(const std::string& path) {
  struct stat ignored = {};
  if (stat(path.c_str(), &ignored) == 0) return {path};
  glob_t found = {};
  const auto free = absl::MakeCleanup([&] { globfree(&found); });
  if (glob(path.c_str(), 0, nullptr, &found) != 0) return {};
  return {found.gl_pathv, found.gl_pathv + found.gl_pathc};
}

bool IsSame(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// Whether the file was not written between the two states.
bool IsUnwritten(const struct stat& before, const struct stat& after) {
  return before.st_dev == after.st_dev && before.st_ino == after.st_ino &&
         before.st_size == after.st_size && IsSame(before.st_mtim, after.st_mtim) &&
         IsSame(before.st_ctim, after.st_ctim);
}

}  // namespace

WrittenFile::WrittenFile(std::string path) : path_(std::move(path)) {
  for (const std::string& file : FilesOf(path_)) {
    State state;
    if (stat(file.c_str(), &state.status) != 0) continue;
    if (const auto content = ReadRegularFile(file, kMaxFileBytes); content.ok()) {
      state.size = content->size();
      state.checksum = Checksum(0, *content);
    }
    before_.emplace(file, state);
  }
}

absl::StatusOr<WrittenFile::Content> WrittenFile::Read() const {
  std::vector<std::string> written;
  time_t latest = 0;
  const std::vector<std::string> files = FilesOf(path_);
  for (const std::string& file : files) {
    struct stat after = {};
    if (stat(file.c_str(), &after) != 0) continue;
    latest = std::max(latest, after.st_mtim.tv_sec);
    const auto before = before_.find(file);
    const bool is_old = before != before_.end() && IsUnwritten(before->second.status, after);
    if (!is_old) written.push_back(file);
  }
  if (files.empty()) {
    std::error_code ignored;
    return absl::NotFoundError(
        absl::StrCat("there is no such file after the trial; name the file "
                     "that the command writes, relative to ",
                     std::filesystem::current_path(ignored).string()));
  }
  if (written.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the trial did not write it: it is of ",
                                                      FormatUtc(latest),
                                                      "; name the file that the command writes"));
  }
  if (written.size() > 1) {
    return absl::FailedPreconditionError(absl::StrCat("the trial wrote several such files (",
                                                      Excerpt(absl::StrJoin(written, ", ")),
                                                      "); name one"));
  }
  absl::StatusOr<std::string> text = ReadRegularFile(written.front(), kMaxFileBytes);
  if (!text.ok()) return text.status();
  Content content;
  const auto before = before_.find(written.front());
  if (before != before_.end() && text->size() > before->second.size) {
    const absl::string_view old = absl::string_view(*text).substr(0, before->second.size);
    if (Checksum(0, old) == before->second.checksum) content.added_at = old.size();
  }
  content.text = *std::move(text);
  return content;
}

}  // namespace pyslow::trials
