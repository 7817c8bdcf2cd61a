#include "sweep/cli/same_program.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace pyslow::cli {

absl::Status EnterStartDirectory(const trials::RecordedSweep& recorded, std::string* results) {
  const std::string start = recorded.sweep.value("directory", "");
  std::error_code error;
  const std::filesystem::path now = std::filesystem::current_path(error);
  if (start.empty() || now == start) return absl::OkStatus();
  const std::filesystem::path absolute = std::filesystem::absolute(*results, error);
  if (!error) std::filesystem::current_path(start, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat(start, ": the sweep was started in this directory, which cannot be entered (",
                     error.message(), "); make it again, or start a new sweep with --out"));
  }
  *results = absolute.string();
  return absl::OkStatus();
}

absl::Status CheckUnchanged(const trials::RecordedSweep& recorded,
                            const trials::FileChecksums& now) {
  if (recorded.last.files.empty()) return absl::OkStatus();
  const std::vector<std::string> changed = trials::ChangedFiles(recorded.last.files, now);
  if (changed.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(absl::StrJoin(changed, ", "), changed.size() == 1 ? ": it" : ": they",
                   " changed since the trials of this sweep; start a new sweep with --out, or add "
                   "--accept-changes to mix both"));
}

}  // namespace pyslow::cli
