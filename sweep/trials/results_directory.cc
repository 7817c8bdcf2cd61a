#include "sweep/trials/results_directory.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

std::string Format(const std::tm& fields, const char* format) {
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), format, &fields)};
}

absl::Status CannotMake(const std::string& path) {
  const int error = errno;
  switch (error) {
    case EEXIST:
      return absl::AlreadyExistsError(absl::StrCat(
          path, ": it exists; results are written to a new directory, so name another with --out"));
    case ENOENT:
      return absl::NotFoundError(
          absl::StrCat(path, ": its parent directory does not exist; make that first"));
    default:
      return absl::UnavailableError(absl::StrCat(path, ": cannot be made (", std::strerror(error),
                                                 "); name another with --out"));
  }
}

}  // namespace

absl::StatusOr<std::string> MakeResultsDirectory(const std::string& path, std::time_t now) {
  if (!path.empty()) {
    if (mkdir(path.c_str(), 0777) != 0) return CannotMake(path);
    return path;
  }
  std::tm local = {};
  localtime_r(&now, &local);
  const std::string name = Format(local, "pyslow-sweep-%Y%m%d-%H%M%S");
  // Several sweeps may start in the same second.
  for (int number = 1;; ++number) {
    const std::string tried = number == 1 ? name : absl::StrCat(name, "-", number);
    if (mkdir(tried.c_str(), 0777) == 0) return tried;
    if (errno != EEXIST || number == 100) return CannotMake(tried);
  }
}

std::string AbsoluteDirectory(const std::string& directory) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(directory, error);
  return error ? directory : absolute.string();
}

std::string SessionDirectory(const std::string& results, absl::string_view name) {
  return absl::StrCat(AbsoluteDirectory(results), "/session-", name);
}

void RemoveSession(const std::string& directory) {
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

std::string FormatUtc(std::time_t time) {
  std::tm utc = {};
  gmtime_r(&time, &utc);
  return Format(utc, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace pyslow::trials
