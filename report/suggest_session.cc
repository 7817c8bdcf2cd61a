#include "report/suggest_session.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/suggest.h"

namespace pyslow::report {
namespace {

namespace fs = std::filesystem;

// The names of the session directories in `parent`, sorted.
std::vector<std::string> SessionsIn(const fs::path& parent) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (fs::is_regular_file(at->path() / "settings", unreadable)) {
      names.push_back(at->path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string DidYouMeanSession(const std::string& directory) {
  fs::path path = directory;
  if (!path.has_filename()) path = path.parent_path();  // a trailing slash
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const std::vector<std::string> inside = SessionsIn(path);
    if (inside.empty()) return "";
    const std::string more =
        inside.size() > 1 ? absl::StrCat(" (or one of ", inside.size() - 1, " others in it)") : "";
    return absl::StrCat("; did you mean '", (path / inside.front()).string(), "'?", more);
  }
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const std::string nearest = NearestName(path.filename().string(), SessionsIn(parent));
  if (nearest.empty()) return "";
  const fs::path meant = path.has_parent_path() ? parent / nearest : fs::path(nearest);
  return absl::StrCat("; did you mean '", meant.string(), "'?");
}

}  // namespace pyslow::report
