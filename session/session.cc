#include "session/session.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "base/text.h"
#include "session/directory.h"
#include "session/format.h"
#include "session/function_cells.h"
#include "session/host.h"
#include "session/session_settings_file.h"

namespace pyslow::session {
namespace {

absl::Status Check(const Settings& settings) {
  if (settings.session_id.empty() || settings.session_id.size() > kMaxSessionIdBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a session id has 1 to ", kMaxSessionIdBytes,
                                                   " bytes, not ", settings.session_id.size()));
  }
  for (const Target& target : settings.targets) {
    if (target.group >= settings.groups.size()) {
      return absl::InvalidArgumentError(absl::StrCat("no group for '", target.text, "'"));
    }
  }
  return absl::OkStatus();
}

Settings WithEpoch(Settings settings) {
  if (settings.epoch_monotonic_ns == 0) settings.epoch_monotonic_ns = MonotonicNs();
  if (settings.epoch_wall_ns == 0) settings.epoch_wall_ns = WallNs();
  return settings;
}

// `given` with the members that the creating process fills in.
Settings Completed(const Settings& given) {
  Settings settings = WithEpoch(given);
  settings.host = HostName();
  settings.boot_id = BootId();
  return settings;
}

bool IsUnfinishedSettings(const std::string& name) {
  return absl::StartsWith(name, kUnfinishedSettingsPrefix);
}

bool IsFunctionCells(const std::string& name) {
  return name == kFunctionCellsName || absl::StartsWith(name, kUnfinishedFunctionCellsPrefix);
}

// A directory for a new session may only hold files that other processes write at the same time.
absl::Status CheckEmpty(int directory, const Settings& settings) {
  auto names = ListDirectory(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (IsUnfinishedSettings(name) || name == kSettingsName) continue;
    if (settings.function_cells && IsFunctionCells(name)) continue;
    return absl::AlreadyExistsError(
        absl::StrCat("it is not empty ('", name, "') and holds no session; give a new directory"));
  }
  return absl::OkStatus();
}

absl::Status MakePrivate(int directory, bool may_change) {
  struct stat info;
  if (fstat(directory, &info) != 0) return SystemError(errno, "cannot be examined");
  if ((info.st_mode & 077) == 0) return absl::OkStatus();
  if (may_change && fchmod(directory, 0700) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError("other users have access to it; run chmod 700 on it");
}

absl::Status MakeSession(int directory, const Settings& settings) {
  if (auto status = CheckEmpty(directory, settings); !status.ok()) return status;
  if (auto status = MakePrivate(directory, true); !status.ok()) return status;
  if (settings.function_cells) {
    const absl::Status made = FunctionCells::Create(directory);
    // Another first process may have made them, for whichever of the two makes the session.
    if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  }
  absl::Status status = SettingsFile::Write(directory, Completed(settings));
  if (settings.function_cells && !status.ok() && !absl::IsAlreadyExists(status)) {
    unlinkat(directory, kFunctionCellsName, 0);
  }
  return status;
}

struct Opened {
  std::unique_ptr<SettingsFile> file;
  bool created = false;
};

absl::StatusOr<Opened> JoinOrMake(int directory, const Settings& settings, bool join_only) {
  Opened opened;
  auto file = SettingsFile::Map(directory);
  if (absl::IsNotFound(file.status()) && !join_only) {
    const absl::Status made = MakeSession(directory, settings);
    if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
    opened.created = made.ok();
    file = SettingsFile::Map(directory);
    // AlreadyExists from CheckEmpty: the directory holds other files.
    if (absl::IsNotFound(file.status()) && !made.ok()) return made;
  }
  if (absl::IsNotFound(file.status())) return absl::NotFoundError("it holds no session");
  if (!file.ok()) {
    return At(kSettingsName, file.status());
  }
  if (auto status = MakePrivate(directory, false); !status.ok()) return status;
  opened.file = *std::move(file);
  return opened;
}

absl::Status MakeDirectory(const std::string& path, bool* made) {
  *made = mkdir(path.c_str(), 0700) == 0;
  if (*made || errno == EEXIST) return absl::OkStatus();
  if (errno == ENOENT) return absl::NotFoundError("its parent directory does not exist");
  return SystemError(errno, "cannot be created");
}

// Unlinks the files of a session and no others.
absl::Status UnlinkFiles(int directory) {
  auto names = ListDirectory(directory);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (name == kSettingsName || IsUnfinishedSettings(name) || IsFunctionCells(name) ||
        absl::StartsWith(name, kRecordPrefix) || absl::StartsWith(name, kUnfinishedRecordPrefix)) {
      unlinkat(directory, name.c_str(), 0);
    }
  }
  return absl::OkStatus();
}

}  // namespace

Session::Session() = default;
Session::~Session() = default;

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const std::string& directory,
                                                       const Settings& settings, bool join_only) {
  if (auto status = Check(settings); !status.ok()) return status;
  auto path = AbsolutePath(directory);
  if (!path.ok()) return path.status();
  bool made_directory = false;
  if (!join_only) {
    if (auto status = MakeDirectory(*path, &made_directory); !status.ok()) return status;
  }
  auto fd = OpenDirectory(*path, DirectoryUse::kWrite);
  if (!fd.ok()) return fd.status();
  auto opened = JoinOrMake(fd->get(), settings, join_only);
  if (!opened.ok()) {
    if (made_directory) rmdir(path->c_str());
    return opened.status();
  }
  auto session = std::unique_ptr<Session>(new Session);
  session->directory_ = *path;
  session->directory_identity_ = IdentityOf(fd->get());
  session->created_ = opened->created;
  session->creator_ = getpid();
  if (auto status = session->Adopt(fd->get(), std::move(opened->file), settings); !status.ok()) {
    return status;
  }
  return session;
}

absl::Status Session::Adopt(int directory, std::unique_ptr<SettingsFile> file,
                            const Settings& given) {
  settings_ = file->TakeSettings();
  if (settings_.session_id != given.session_id) {
    return absl::AlreadyExistsError(absl::StrCat("it holds another session (", settings_.session_id,
                                                 "); give a new directory"));
  }
  if (settings_.function_cells) {
    auto function_cells = FunctionCells::Map(directory);
    if (!function_cells.ok()) return function_cells.status();
    function_cells_ = *std::move(function_cells);
  }
  file_ = std::move(file);
  cells_ = file_->cells();
  window_opened_ns_ = file_->window_opened_ns();
  releases_gil_ = file_->releases_gil();
  difference_ = Difference(given, settings_);
  is_same_boot_ = settings_.boot_id == BootId();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Session>> Session::OpenTemporary(const Settings& settings) {
  const char* const parent = std::getenv("TMPDIR");
  std::string path = absl::StrCat(parent != nullptr && *parent != '\0' ? parent : "/tmp",
                                  "/pyslow-session-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return SystemError(errno, absl::StrCat(path, ": cannot be created"));
  }
  auto session = Open(path, settings, false);
  if (session.ok()) return session;
  rmdir(path.c_str());
  return At(path, session.status());
}

std::unique_ptr<Session> Session::OpenPrivate(const Settings& settings) {
  auto session = std::unique_ptr<Session>(new Session);
  session->settings_ = WithEpoch(settings);
  session->created_ = true;
  session->creator_ = getpid();
  session->private_cells_ = std::vector<std::atomic<uint64_t>>(settings.groups.size());
  for (size_t i = 0; i < settings.groups.size(); ++i) {
    session->private_cells_[i] = PackCell(settings.groups[i].initial);
  }
  session->cells_ = session->private_cells_.data();
  session->window_opened_ns_ = &session->private_window_opened_ns_;
  session->releases_gil_ = &session->private_releases_gil_;
  return session;
}

const std::atomic<uint64_t>* Session::FunctionCell(uint64_t key, size_t group) const {
  return function_cells_ != nullptr ? function_cells_->FindOrInsert(key, cells_[group]) : nullptr;
}

const std::atomic<uint64_t>* Session::own_time() const {
  return function_cells_ != nullptr ? function_cells_->own_time() : nullptr;
}

void Session::CountUncounted() const {
  if (file_ != nullptr) file_->uncounted()->fetch_add(1, std::memory_order_relaxed);
}

absl::Status Session::RemoveDirectory() {
  if (directory_.empty() || !created_ || creator_ != getpid()) return absl::OkStatus();
  auto fd = OpenDirectory(directory_, DirectoryUse::kWrite);
  if (!fd.ok()) return fd.status();
  if (IdentityOf(fd->get()) != directory_identity_)
    return absl::OkStatus();  // another directory has its path
  // Repeated, as a fork that still runs may create its record in between.
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (auto status = UnlinkFiles(fd->get()); !status.ok()) return status;
    if (rmdir(directory_.c_str()) == 0) return absl::OkStatus();
  }
  return SystemError(errno, "cannot be removed");
}

}  // namespace pyslow::session
