#include "launcher/stand_in.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/path.h"
#include "launcher/environment.h"
#include "launcher/python_home.h"

namespace pyslow::launcher {
namespace {

std::string Link(const std::string& path) {
  std::error_code error;
  return std::filesystem::read_symlink(path, error).string();
}

// Makes a link, or replaces it in one step if it leads elsewhere.
bool SetLink(const std::string& target, const std::string& path) {
  if (symlink(target.c_str(), path.c_str()) == 0) return true;
  if (errno != EEXIST) return false;
  if (Link(path) == target) return true;
  const std::string unfinished = absl::StrCat(path, ".", getpid());
  if (symlink(target.c_str(), unfinished.c_str()) != 0) return false;
  if (rename(unfinished.c_str(), path.c_str()) == 0) return true;
  unlink(unfinished.c_str());
  return false;
}

// Whether a file of this name starts Python: python, python3, python3.13 or python3.13t.
bool IsPython(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "python")) return false;
  if (!name.empty() && !absl::ConsumePrefix(&name, "3")) return false;
  if (name.size() > 2) absl::ConsumeSuffix(&name, "t");
  return name.empty() ||
         (name[0] == '.' && name.find_first_not_of("0123456789", 1) == absl::string_view::npos);
}

// The minor version of an interpreter, or "" if it is none.
std::string MinorAt(const std::string& file) {
  const absl::StatusOr<PythonHome> home = InterpreterAt(file);
  return home.ok() ? home->minor : "";
}

// Changes with each file that is added to the directory, removed or renamed.
std::string TimeOf(const std::string& directory) {
  struct stat info;
  if (stat(directory.c_str(), &info) != 0) return "";
  return absl::StrCat(info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec);
}

// Removes what is not in bin/ any more.
void RemoveOld(const std::string& stand_in, const std::string& bin, const std::string& python) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(stand_in, error)) {
    const std::string name = entry.path().filename().string();
    struct stat info;
    if (name != python && lstat(absl::StrCat(bin, "/", name).c_str(), &info) != 0) {
      unlink(entry.path().c_str());
    }
  }
}

}  // namespace

std::string StandsFor(const std::string& directory) {
  return BaseNameOf(directory) == "bin" ? Link(DirectoryOf(directory) + "/stands-for") : "";
}

bool UpdateStandIn(const std::string& stand_in, const std::string& python,
                   const std::string& program) {
  const std::string bin = DirectoryOf(python);
  const std::string root = DirectoryOf(stand_in);
  const std::string own = absl::StrCat(stand_in, "/", BaseNameOf(python));
  const std::string time = TimeOf(bin);
  if (Link(root + "/as-of") == time && IsSameFile(own, program)) return true;
  std::error_code error;
  std::filesystem::create_directories(stand_in, error);
  if (!SetLink(bin, root + "/stands-for") || !SetLink(program, own)) return false;
  const std::string minor = MinorAt(python);
  bool is_complete = true;
  for (const auto& entry : std::filesystem::directory_iterator(bin, error)) {
    const std::string name = entry.path().filename().string();
    if (name == BaseNameOf(python)) continue;
    // Another version beside this one, as in /usr/bin, is not for this pyslow.
    const bool is_pyslow = IsPython(name) && MinorAt(entry.path().string()) == minor;
    is_complete =
        SetLink(is_pyslow ? program : entry.path().string(), absl::StrCat(stand_in, "/", name)) &&
        is_complete;
  }
  RemoveOld(stand_in, bin, BaseNameOf(python));
  // Without it, the next process tries again.
  if (is_complete && !error) SetLink(time, root + "/as-of");
  return true;
}

std::string StandIn(const std::string& cache, const std::string& python,
                    const std::string& program) {
  if (cache.empty()) return "";
  const std::string bin = DirectoryOf(python);
  const uint64_t hash = HashOf(absl::StrCat(bin, "\n", program));
  std::string stand_in = absl::StrCat(cache, "/pyslow/environments/", BaseNameOf(DirectoryOf(bin)),
                                      "-", absl::Hex(hash, absl::kZeroPad16), "/bin");
  return UpdateStandIn(stand_in, python, program) ? stand_in : "";
}

std::string CacheDirectory() {
  constexpr std::array<std::pair<const char*, const char*>, 2> kPlaces = {
      {{"XDG_CACHE_HOME", ""}, {"HOME", "/.cache"}}};
  for (const auto& [variable, below] : kPlaces) {
    const std::string directory = GetVariable(variable).value_or("");
    if (!absl::StartsWith(directory, "/")) continue;
    struct stat info;
    const bool is_own = stat(directory.c_str(), &info) == 0 && info.st_uid == geteuid();
    return is_own ? directory + below : "";
  }
  return "";
}

}  // namespace pyslow::launcher
