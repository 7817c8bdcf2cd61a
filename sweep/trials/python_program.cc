#include "sweep/trials/python_program.h"

#include <cstddef>
#include <filesystem>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/typed_command.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxProgramBytes = 64 << 20;

bool IsFile(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

// "": not below the current directory.
std::string FileOfModule(const std::string& module) {
  const std::string path = absl::StrReplaceAll(module, {{".", "/"}});
  for (const char* const suffix : {"/__main__.py", ".py"}) {
    if (IsFile(path + suffix)) return path + suffix;
  }
  return "";
}

// "": the program is in no file.
std::string FileOf(const PythonProgram& program) {
  if (program.kind == PythonProgram::Kind::kModule) return FileOfModule(program.name);
  if (program.kind != PythonProgram::Kind::kFile) return "";
  std::error_code ignored;
  const bool is_directory = std::filesystem::is_directory(program.name, ignored);
  return is_directory ? program.name + "/__main__.py" : program.name;
}

std::string ChecksumOf(const std::string& path) {
  const absl::StatusOr<std::string> content = ReadRegularFile(path, kMaxProgramBytes);
  return content.ok() ? absl::StrFormat("%016x", Checksum(0, *content)) : "";
}

}  // namespace

FileChecksums ReadProgramFiles(const std::vector<std::string>& command,
                               const std::string& targets_file) {
  FileChecksums checksums;
  for (const std::string& path : {FileOf(PythonProgramOf(command)), targets_file}) {
    if (!path.empty()) checksums.emplace(path, ChecksumOf(path));
  }
  return checksums;
}

std::vector<std::string> ChangedFiles(const FileChecksums& before, const FileChecksums& now) {
  FileChecksums all = before;
  all.insert(now.begin(), now.end());
  std::vector<std::string> changed;
  for (const auto& [path, ignored] : all) {
    const auto old = before.find(path);
    const auto current = now.find(path);
    const bool is_same =
        old != before.end() && current != now.end() && old->second == current->second;
    if (!is_same) changed.push_back(path);
  }
  return changed;
}

}  // namespace pyslow::trials
