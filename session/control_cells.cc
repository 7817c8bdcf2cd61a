#include "session/control_cells.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "session/directory.h"
#include "session/session_settings_file.h"

namespace pyslow::session {

absl::StatusOr<ControlCells> ControlCells::Open(const std::string& directory) {
  auto path = AbsolutePath(directory);
  if (!path.ok()) return path.status();
  auto fd = OpenDirectory(*path, DirectoryUse::kWrite);
  if (!fd.ok()) return fd.status();
  auto file = SettingsFile::Map(fd->get());
  if (absl::IsNotFound(file.status())) return absl::NotFoundError("it holds no session");
  if (!file.ok()) return file.status();
  Settings settings = (*file)->TakeSettings();
  return ControlCells(*std::move(file), std::move(settings));
}

ControlCells::ControlCells(std::unique_ptr<SettingsFile> file, Settings settings)
    : file_(std::move(file)), settings_(std::move(settings)) {}
ControlCells::ControlCells(ControlCells&&) noexcept = default;
ControlCells& ControlCells::operator=(ControlCells&&) noexcept = default;
ControlCells::~ControlCells() = default;

Cell ControlCells::Load(size_t group) const {
  return UnpackCell(file_->cells()[group].load(std::memory_order_relaxed));
}

absl::Status ControlCells::Store(size_t group, const Cell& cell) {
  if (group >= file_->groups()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no group ", group, "; the session has ", file_->groups()));
  }
  if (cell.delay_ns < 0 || cell.delay_ns > kMaxDelayNs || cell.frequency > kMaxFrequency) {
    return absl::InvalidArgumentError(
        absl::StrCat("delay ", cell.delay_ns, " ns at frequency ", cell.frequency,
                     " is out of range (0 to 10 s, 0 to ", kMaxFrequency, ")"));
  }
  file_->cells()[group].store(PackCell(cell), std::memory_order_relaxed);
  return absl::OkStatus();
}

}  // namespace pyslow::session
