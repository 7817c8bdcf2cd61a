#include "launcher/python_home.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/path.h"
#include "launcher/handoff/handoff_check.h"

namespace pyslow::launcher {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

bool Exists(const std::string& file) { return access(file.c_str(), F_OK) == 0; }

// pipx and `uv tool` leave these files. `uvx` and `uv run --with` run programs from an environment
// in uv's cache, which its pyvenv.cfg calls relocatable; so it calls some of users, elsewhere.
bool IsTool(const std::string& directory, bool is_relocatable) {
  return Exists(directory + "/uv-receipt.toml") || Exists(directory + "/pipx_metadata.json") ||
         (is_relocatable && absl::StrContains(directory, "/archive-v0/"));
}

// The numbers of "3.12.1", so that 3.12.10 is after 3.12.9.
std::vector<int> VersionNumbers(absl::string_view version) {
  std::vector<int> numbers;
  for (const absl::string_view part : absl::StrSplit(version, '.')) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number)) break;
    numbers.push_back(number);
  }
  return numbers;
}

// The directory of `version` below `versions`: that name, or as in pyenv the newest release of
// "3.12"; "" if there is none.
std::string PyenvDirectory(const std::string& versions, const std::string& version) {
  if (Exists(absl::StrCat(versions, "/", version, "/bin/python"))) {
    return absl::StrCat(versions, "/", version);
  }
  std::string newest;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(versions, error)) {
    const std::string name = entry.path().filename().string();
    if (!absl::StartsWith(name, version + ".") || VersionNumbers(name).size() != 3) continue;
    if (newest.empty() || VersionNumbers(newest) < VersionNumbers(name)) newest = name;
  }
  return newest.empty() ? "" : absl::StrCat(versions, "/", newest);
}

// The .python-version file for `directory`, or "".
std::string PythonVersionFile(const std::string& directory) {
  for (std::filesystem::path at = directory; !at.empty(); at = at.parent_path()) {
    std::string file = (at / ".python-version").string();
    if (Exists(file)) return file;
    if (at == at.root_path()) break;
  }
  return "";
}

// The versions in PYENV_VERSION or in a file of pyenv, which may have comments.
std::vector<std::string> ListedVersions(const std::string& text) {
  std::vector<std::string> versions;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view listed = line.substr(0, line.find('#'));
    for (const absl::string_view version :
         absl::StrSplit(listed, absl::ByAnyChar(": \t\r"), absl::SkipEmpty())) {
      versions.emplace_back(version);
    }
  }
  return versions;
}

}  // namespace

std::optional<PythonHome> VenvAt(const std::string& directory) {
  const auto text = ReadRegularFile(directory + "/pyvenv.cfg", kMaxBytes);
  if (!text.ok()) return std::nullopt;
  PythonHome venv;
  venv.directory = directory;
  venv.python = directory + "/bin/python";
  bool is_relocatable = false;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> item =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const std::string key = absl::AsciiStrToLower(absl::StripAsciiWhitespace(item.first));
    const absl::string_view value = absl::StripAsciiWhitespace(item.second);
    if (key == "home" && venv.home.empty()) venv.home = std::string(value);  // the first, as python
    if (key == "relocatable") is_relocatable = value == "true";
    // venv writes "version", virtualenv "version_info".
    if (key == "version" || key == "version_info") {
      const std::vector<absl::string_view> parts = absl::StrSplit(value, '.');
      if (parts.size() >= 2) venv.minor = absl::StrCat(parts[0], ".", parts[1]);
    }
  }
  // The file does not say whether its Python is free-threaded.
  if (Exists(absl::StrCat(directory, "/lib/python", venv.minor, "t"))) venv.minor += "t";
  venv.is_tool = IsTool(directory, is_relocatable);
  return venv;
}

std::optional<PythonHome> VenvOfDirectory(const std::string& bin_directory) {
  std::optional<PythonHome> venv = VenvAt(bin_directory);
  return venv.has_value() ? venv : VenvAt(DirectoryOf(bin_directory));
}

std::optional<PythonHome> CondaAt(const std::string& directory) {
  absl::StatusOr<PythonHome> found = InterpreterAt(directory + "/bin/python");
  if (!found.ok()) return std::nullopt;
  found->directory = directory;
  return *std::move(found);
}

absl::StatusOr<PythonHome> InterpreterAt(const std::string& file) {
  if (!IsExecutableFile(file)) {
    return absl::FailedPreconditionError(
        absl::StrCat(file, ": ", Exists(file) ? "it is not an executable file" : "no such file"));
  }
  std::optional<PythonHome> venv = VenvOfDirectory(DirectoryOf(file));
  if (venv.has_value()) {
    venv->python = file;
    return *std::move(venv);
  }
  std::error_code error;
  const std::string real = std::filesystem::canonical(file, error).string();
  if (error) return absl::FailedPreconditionError(absl::StrCat(file, ": ", error.message()));
  absl::StatusOr<std::string> minor = handoff::MinorOf(real);
  if (!minor.ok()) return minor.status();
  const std::string home = DirectoryOf(real);
  return PythonHome{DirectoryOf(home), home, real, *std::move(minor), file, false};
}

absl::StatusOr<std::optional<PyenvVersion>> SelectedByPyenv(const std::string& shim,
                                                            const std::string& variable,
                                                            const std::string& directory,
                                                            PyenvGlobal global) {
  const std::string shims = DirectoryOf(shim);
  const std::string root = DirectoryOf(shims);
  const std::string versions = root + "/versions";
  if (BaseNameOf(shims) != "shims" || !Exists(versions)) return std::nullopt;
  std::string source = "PYENV_VERSION";
  std::string selected = variable;
  if (selected.empty()) {
    source = PythonVersionFile(directory);
    if (source.empty() && global == PyenvGlobal::kIncluded) source = root + "/version";
    const auto text = ReadRegularFile(source, kMaxBytes);
    if (source.empty() || !text.ok()) return std::nullopt;
    selected = *text;
  }
  for (const std::string& version : ListedVersions(selected)) {
    if (version == "system") break;
    const std::string found = PyenvDirectory(versions, version);
    if (found.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          source, ": it selects Python ", version, ", which is not in ", versions,
          "; install it (pyenv install ", version, ") or name a Python with --python"));
    }
    const std::string python = absl::StrCat(found, "/bin/", BaseNameOf(shim));
    if (IsExecutableFile(python)) return PyenvVersion{python, source};
  }
  return std::nullopt;
}

}  // namespace pyslow::launcher
