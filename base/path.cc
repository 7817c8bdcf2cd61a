#include "base/path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pyslow {

std::string FullPath(const std::string& file) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(file, error);
  if (error) return "";
  std::string plain = absolute.lexically_normal().string();
  const bool is_other = std::filesystem::exists(absolute, error) && !IsSameFile(plain, file);
  return is_other ? absolute.string() : plain;
}

std::string DirectoryOf(const std::string& file) {
  return std::filesystem::path(file).parent_path().string();
}

std::string BaseNameOf(const std::string& file) {
  return std::filesystem::path(file).filename().string();
}

bool IsExecutableFile(const std::string& file) {
  struct stat info;
  return stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(file.c_str(), X_OK) == 0;
}

bool IsSameFile(const std::string& a, const std::string& b) {
  struct stat first;
  struct stat second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::string FindOnPath(absl::string_view path, absl::string_view name,
                       const std::function<bool(const std::string& file)>& accept) {
  // A variable that is not set. (An empty part of a longer one is the current directory.)
  if (path.empty()) return "";
  for (const absl::string_view directory : absl::StrSplit(path, ':')) {
    const std::string file = absl::StrCat(directory.empty() ? "." : directory, "/", name);
    if (!IsExecutableFile(file)) continue;
    std::string found = FullPath(file);
    if (!found.empty() && accept(found)) return found;
  }
  return "";
}

std::string FindOnPath(absl::string_view path, absl::string_view name) {
  return FindOnPath(path, name, [](const std::string&) { return true; });
}

}  // namespace pyslow
