#include "launcher/pyslow_copy.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/path.h"

namespace pyslow::launcher {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kBegin = "pyslow-";

// A file of pyslow, and its place below the directory of the copy.
struct File {
  std::string original;
  std::string place;
};

absl::Status Failed(const std::string& where, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(where, ": it cannot be copied: ", what));
}

std::string NameOfChildren(const InstalledPyslow& installed) {
  return absl::StrCat("python", installed.minor, "-pyslow");
}

std::vector<File> FilesOf(const InstalledPyslow& installed) {
  const std::string bin = DirectoryOf(installed.program);
  const std::string libraries = installed.library_directory.empty()
                                    ? bin + "/" PYSLOW_LIBRARY_DIRECTORY_FROM_BIN
                                    : installed.library_directory;
  std::vector<File> files = {{installed.program, "bin/" + BaseNameOf(installed.program)}};
  for (const std::string& name :
       {absl::StrCat("libpyslow", installed.minor, ".so"), NameOfChildren(installed),
        absl::StrCat("pyslow", installed.minor, "-launcher")}) {
    std::error_code error;
    const std::string original = absl::StrCat(libraries, "/", name);
    if (!fs::is_regular_file(original, error)) continue;
    files.push_back({original, "bin/" PYSLOW_LIBRARY_DIRECTORY_FROM_BIN "/" + name});
  }
  return files;
}

absl::StatusOr<uint64_t> HashOfContent(const std::vector<File>& files) {
  constexpr size_t kMaxBytes = size_t{1} << 28;
  uint64_t hash = 0;
  for (const File& file : files) {
    const absl::StatusOr<std::string> content = ReadRegularFile(file.original, kMaxBytes);
    if (!content.ok()) return Failed(file.original, content.status().message());
    hash = Checksum(HashOf(file.place, hash), *content);
  }
  return hash;
}

absl::Status CopyFiles(const InstalledPyslow& installed, const std::vector<File>& files,
                       const std::string& root) {
  std::error_code error;
  for (const File& file : files) {
    const fs::path place = fs::path(root) / file.place;
    fs::create_directories(place.parent_path(), error);
    if (error) return Failed(file.original, absl::StrCat(root, ": ", error.message()));
    fs::copy_file(file.original, place, error);
    if (error) return Failed(file.original, error.message());
  }
  // A wheel has no links: there the name of children is one of the files.
  if (installed.library_directory.empty()) {
    fs::create_symlink(BaseNameOf(installed.program),
                       absl::StrCat(root, "/bin/", NameOfChildren(installed)), error);
  }
  // Whatever the process's mask.
  const fs::perms mode = fs::status(fs::path(root).parent_path(), error).permissions();
  if (!error) fs::permissions(root, mode, error);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!error && entry.is_directory()) fs::permissions(entry.path(), mode, error);
  }
  return error ? Failed(installed.program, error.message()) : absl::OkStatus();
}

// Whether a copy is there, and as it was made: it may have been damaged since.
bool IsComplete(const InstalledPyslow& installed, std::vector<File> files, uint64_t hash,
                const std::string& root) {
  for (File& file : files) {
    const bool is_program = IsExecutableFile(file.original);
    file.original = absl::StrCat(root, "/", file.place);
    if (is_program && !IsExecutableFile(file.original)) return false;
  }
  const std::string child = absl::StrCat(root, "/bin/", NameOfChildren(installed));
  if (installed.library_directory.empty() && !IsExecutableFile(child)) return false;
  const absl::StatusOr<uint64_t> found = HashOfContent(files);
  return found.ok() && *found == hash;
}

}  // namespace

absl::StatusOr<std::string> CopyPyslow(const InstalledPyslow& installed,
                                       const std::string& directory) {
  const std::vector<File> files = FilesOf(installed);
  const absl::StatusOr<uint64_t> hash = HashOfContent(files);
  if (!hash.ok()) return hash.status();
  const std::string root = absl::StrCat(directory, "/", kBegin, absl::Hex(*hash, absl::kZeroPad16));
  std::string program = absl::StrCat(root, "/", files[0].place);
  std::error_code error;
  if (IsComplete(installed, files, *hash, root)) return program;
  const std::string unfinished = root + ".new";
  absl::Cleanup remove = [&unfinished, &error] { fs::remove_all(unfinished, error); };
  fs::remove_all(unfinished, error);
  if (absl::Status status = CopyFiles(installed, files, unfinished); !status.ok()) return status;
  fs::remove_all(root, error);
  fs::rename(unfinished, root, error);
  if (error) return Failed(root, error.message());
  std::move(remove).Cancel();
  return program;
}

void RemoveCopies(const std::string& directory, const std::vector<std::string>& kept) {
  std::vector<fs::path> others;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string path = entry.path().string();
    const bool is_copy = absl::StartsWith(entry.path().filename().string(), kBegin);
    if (is_copy && std::find(kept.begin(), kept.end(), path) == kept.end()) others.push_back(path);
  }
  for (const fs::path& other : others) fs::remove_all(other, error);
}

}  // namespace pyslow::launcher
