#include "launcher/stand_in.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/typed_command.h"
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
  return Link(path) == target || ReplaceByLink(target, absl::StrCat(path, ".", getpid()), path);
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

bool IsLink(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_symlink(std::filesystem::symlink_status(path, error));
}

// Whether a directory has the links of a stand-in, with no file among them, and is no copy of one.
bool IsStandIn(const std::filesystem::path& root) {
  std::error_code error;
  const std::filesystem::path bin = root / "bin";
  if (!std::filesystem::is_directory(std::filesystem::symlink_status(root, error)) ||
      !std::filesystem::is_directory(std::filesystem::symlink_status(bin, error)) ||
      !IsSameFile(Link(root / "at"), bin) || !absl::StartsWith(StandsFor(bin), "/")) {
    return false;
  }
  for (const std::filesystem::path& directory : {bin, root}) {
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      if (entry.path() != bin && !IsLink(entry.path())) return false;
    }
    if (error) return false;
  }
  return true;
}

// Whether it is known that a file does not exist.
bool IsGone(const std::string& file) {
  struct stat info;
  return stat(file.c_str(), &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

// Nobody uses a stand-in whose environment is gone, except on another machine, if both have one
// home: there the environment may exist. So it must be a day old.
bool IsOld(const std::filesystem::path& root) {
  constexpr time_t kSecondsOfADay = 24 * 60 * 60;
  struct stat info;
  return lstat(root.c_str(), &info) == 0 && info.st_mtim.tv_sec + kSecondsOfADay < time(nullptr);
}

// Removes the stand-ins for environments that are gone. Removes links and empty directories only.
void RemoveUnused(const std::filesystem::path& environments) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(environments, error)) {
    const std::filesystem::path& root = entry.path();
    if (!IsOld(root) || !IsStandIn(root) || !IsGone(Link(root / "stands-for"))) continue;
    unlink((root / "as-of").c_str());  // first: a process that finds the rest makes it again
    for (const std::filesystem::path& directory : {root / "bin", root}) {
      for (const auto& link : std::filesystem::directory_iterator(directory, error)) {
        if (IsLink(link.path())) unlink(link.path().c_str());
      }
      rmdir(directory.c_str());
    }
  }
}

constexpr mode_t kPrivate = 0700;

bool IsAbsolute(const std::string& path) { return absl::StartsWith(path, "/"); }

// Whether the directory is this user's. Under sudo a variable may name that of another user, and
// in one that everyone may write to, another user may have made what is in it.
bool IsOwn(const std::string& directory) {
  struct stat info;
  return stat(directory.c_str(), &info) == 0 && info.st_uid == geteuid() &&
         (info.st_mode & S_IWOTH) == 0;
}

// As IsOwn, for a name that anybody could have made: no link, and closed to all others.
bool IsPrivate(const std::string& directory) {
  struct stat info;
  return lstat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == geteuid() && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

// Whether files can be made in the directory for pyslow's caches, which this makes.
bool CanHoldCaches(const std::string& cache) {
  const std::string directory = cache + "/pyslow";
  mkdir(directory.c_str(), kPrivate);
  return access(directory.c_str(), W_OK | X_OK) == 0;
}

// By the user's entry in the database of accounts; "" if there is none.
std::string HomeOfAccount() {
  constexpr size_t kMaxBytes = 1 << 14;
  std::vector<char> buffer(kMaxBytes);
  struct passwd account;
  struct passwd* found = nullptr;
  getpwuid_r(geteuid(), &account, buffer.data(), buffer.size(), &found);
  return found == nullptr || found->pw_dir == nullptr ? "" : found->pw_dir;
}

}  // namespace

std::string StandsFor(const std::string& directory) {
  return BaseNameOf(directory) == "bin" ? Link(DirectoryOf(directory) + "/stands-for") : "";
}

bool IsCopiedStandIn(const std::string& directory) {
  const std::string original = Link(DirectoryOf(directory) + "/at");
  return !original.empty() && !IsSameFile(original, directory);
}

void NameEnvironmentToCopy(std::vector<std::string>* words) {
  const std::optional<size_t> script = ScriptIn(*words);
  if (!script.has_value() || BaseNameOf((*words)[*script]) != "_clonevirtualenv.py") return;
  for (size_t i = *script + 1; i < words->size(); ++i) {
    const std::string bin = StandsFor((*words)[i] + "/bin");
    if (!bin.empty()) (*words)[i] = DirectoryOf(bin);
  }
}

bool UpdateStandIn(const std::string& stand_in, const std::string& python,
                   const std::string& program) {
  const std::string bin = DirectoryOf(python);
  const std::string root = DirectoryOf(stand_in);
  const std::string own = absl::StrCat(stand_in, "/", BaseNameOf(python));
  const std::string time = TimeOf(bin);
  const bool is_placed = IsSameFile(Link(root + "/at"), stand_in);
  if (is_placed && Link(root + "/as-of") == time && IsSameFile(own, program)) return true;
  std::error_code error;
  std::filesystem::create_directories(stand_in, error);
  if (!is_placed && !SetLink(stand_in, root + "/at")) return false;
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
  const std::string environments = cache + "/pyslow/environments";
  std::string stand_in = absl::StrCat(environments, "/", BaseNameOf(DirectoryOf(bin)), "-",
                                      absl::Hex(hash, absl::kZeroPad16), "/bin");
  const bool is_new = IsGone(stand_in);
  if (!UpdateStandIn(stand_in, python, program)) return "";
  if (is_new) RemoveUnused(environments);
  return stand_in;
}

std::string CacheDirectory(const CachePlaces& places) {
  if (IsAbsolute(places.xdg_cache_home)) {
    std::error_code ignored;
    const std::string parent = DirectoryOf(places.xdg_cache_home);
    if (!parent.empty()) std::filesystem::create_directories(parent, ignored);
    mkdir(places.xdg_cache_home.c_str(), kPrivate);
    if (IsOwn(places.xdg_cache_home) && CanHoldCaches(places.xdg_cache_home)) {
      return places.xdg_cache_home;
    }
  }
  const auto below = [](const std::string& home) {
    std::string cache = home + "/.cache";
    if (!IsAbsolute(home) || !IsOwn(home)) return std::string();
    mkdir(cache.c_str(), kPrivate);
    return CanHoldCaches(cache) ? cache : "";
  };
  if (std::string cache = below(places.home); !cache.empty()) return cache;
  if (std::string cache = below(places.home_of_account()); !cache.empty()) return cache;
  const std::string cache = absl::StrCat(places.temporary, "/pyslow-", geteuid());
  mkdir(cache.c_str(), kPrivate);
  return IsPrivate(cache) && CanHoldCaches(cache) ? cache : "";
}

std::string CacheDirectory() {
  return CacheDirectory({GetVariable("XDG_CACHE_HOME").value_or(""),
                         GetVariable("HOME").value_or(""), HomeOfAccount, "/tmp"});
}

}  // namespace pyslow::launcher
