#include "session/control_cells.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "session/directory.h"
#include "session/function_cells.h"
#include "session/session_settings_file.h"

namespace pyslow::session {
namespace {

absl::Status CheckRange(const Cell& cell, uint32_t min_frequency) {
  if (cell.delay_ns >= 0 && cell.delay_ns <= kMaxDelayNs && cell.frequency >= min_frequency &&
      cell.frequency <= kMaxFrequency) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("delay ", cell.delay_ns, " ns at frequency ",
                                                 cell.frequency, " is out of range (0 to 10 s, ",
                                                 min_frequency, " to ", kMaxFrequency, ")"));
}

}  // namespace

absl::StatusOr<ControlCells> ControlCells::Open(const std::string& directory) {
  auto path = AbsolutePath(directory);
  if (!path.ok()) return path.status();
  auto fd = OpenDirectory(*path, DirectoryUse::kWrite);
  if (!fd.ok()) return fd.status();
  auto file = SettingsFile::Map(fd->get());
  if (absl::IsNotFound(file.status())) return absl::NotFoundError("it holds no session");
  if (!file.ok()) return file.status();
  Settings settings = (*file)->TakeSettings();
  ControlCells cells(*std::move(file), std::move(settings));
  if (cells.settings_.function_cells) {
    auto functions = FunctionCells::Map(fd->get());
    if (!functions.ok()) return functions.status();
    cells.functions_ = *std::move(functions);
  }
  return cells;
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
  if (absl::Status status = CheckRange(cell, 0); !status.ok()) return status;
  // seq_cst: see FunctionCells::FindOrInsert.
  file_->cells()[group].store(PackCell(cell));
  return absl::OkStatus();
}

absl::Status ControlCells::StoreFunction(uint64_t key, const Cell& cell) {
  if (absl::Status status = CheckRange(cell, 1); !status.ok()) return status;
  if (functions_->Store(key, PackCell(cell))) return absl::OkStatus();
  return absl::ResourceExhaustedError("there is no space for the cell of another function");
}

void ControlCells::SetReleasesGil(bool releases) { file_->releases_gil()->store(releases); }

uint64_t ControlCells::functions() const { return functions_->used(); }

std::vector<ControlCells::FunctionCell> ControlCells::LoadFunctions() const {
  std::vector<FunctionCell> cells;
  functions_->ForEach([&](uint64_t key, std::atomic<uint64_t>& word) {
    cells.push_back({key, UnpackCell(word.load(std::memory_order_relaxed))});
  });
  return cells;
}

void ControlCells::SetOwnTime(bool is_measured) { functions_->own_time()->store(is_measured); }

}  // namespace pyslow::session
