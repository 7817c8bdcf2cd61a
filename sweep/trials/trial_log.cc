#include "sweep/trials/trial_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "session/host.h"
#include "sweep/trials/trial_json.h"

namespace pyslow::trials {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 3;
constexpr size_t kMaxFile = size_t{1} << 30;
constexpr std::chrono::seconds kMaxUnsynced(1);

Json ToJson(const char* kind, const Origin& origin) {
  return {{"kind", kind},
          {"schema", kSchema},
          {"version", origin.version},
          {"started", origin.started},
          {"host", origin.host},
          {"boot_id", origin.boot_id},
          {"files", origin.files}};
}

Origin OriginFrom(const Json& json) {
  return {json.at("version").get<std::string>(), json.at("started").get<std::string>(),
          json.at("host").get<std::string>(), json.at("boot_id").get<std::string>(),
          // Sweeps of an earlier version have no such key.
          json.value("files", FileChecksums())};
}

absl::Status CheckHeader(const Json& json) {
  if (json.at("kind") != "sweep") {
    return absl::DataLossError("line 1: it does not describe a sweep");
  }
  if (json.at("schema") == kSchema) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("line 1: its schema is ",
                                                    json.at("schema").dump(),
                                                    " and this pyslow-sweep reads ", kSchema));
}

// Adds warnings if the trials of `now` may not be comparable with those of `before`.
void AddChange(const Origin& before, const Origin& now, std::vector<model::Warning>* warnings) {
  model::Warning warning;
  warning.since = now.started;
  if (!before.files.empty() && now.files != before.files) {
    warning.kind = model::Warning::Kind::kProgramChanged;
    warning.text = absl::StrJoin(ChangedFiles(before.files, now.files), ", ");
    warnings->push_back(warning);
    warning.text.clear();
  }
  if (now.host != before.host) {
    warning.kind = model::Warning::Kind::kOtherHost;
    warning.text = now.host;
    warning.before = before.host;
  } else if (now.version != before.version) {
    warning.kind = model::Warning::Kind::kOtherVersion;
    warning.text = now.version;
    warning.before = before.version;
  } else if (now.boot_id != before.boot_id) {
    warning.kind = model::Warning::Kind::kReboot;
  } else {
    return;
  }
  warnings->push_back(std::move(warning));
}

absl::Status Damaged(size_t line, const char* what) {
  return absl::DataLossError(absl::StrCat("line ", line, ": it is damaged: ", what));
}

// A continuation may have changed settings. A null replaces a number: it means "no limit".
void UseSettings(const Json& resumed, RecordedSweep* sweep) {
  const auto settings = resumed.find("settings");
  if (settings != resumed.end()) sweep->sweep["settings"].update(*settings);
}

// Adds a line to `*sweep`.
void AddLine(const Json& json, RecordedSweep* sweep) {
  const auto kind = json.at("kind").get<std::string>();
  if (kind == "setup") {
    sweep->entries.emplace_back(SetupFrom(json));
  } else if (kind == "trial") {
    sweep->entries.emplace_back(TrialFrom(json));
  } else if (kind == "resumed") {
    Origin now = OriginFrom(json);
    AddChange(sweep->last, now, &sweep->warnings);
    sweep->last = std::move(now);
    UseSettings(json, sweep);
  }
}

absl::StatusOr<RecordedSweep> Parse(absl::string_view text) {
  RecordedSweep sweep;
  const size_t end = text.rfind('\n');
  if (end == absl::string_view::npos) return absl::DataLossError("it has no complete line");
  sweep.whole_bytes = end + 1;
  sweep.torn = sweep.whole_bytes < text.size();
  size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(text.substr(0, end), '\n')) {
    ++number;
    try {  // nlohmann-json reports errors by exceptions
      const Json json = Json::parse(line.begin(), line.end());
      if (number > 1) {
        AddLine(json, &sweep);
        continue;
      }
      if (absl::Status status = CheckHeader(json); !status.ok()) return status;
      sweep.last = OriginFrom(json);
      sweep.started = sweep.last.started;
      sweep.sweep = json.at("sweep");
    } catch (const Json::exception& error) {
      return Damaged(number, error.what());
    }
  }
  return sweep;
}

absl::Status SystemError(const char* what) {
  return absl::UnavailableError(absl::StrCat(what, std::strerror(errno)));
}

absl::Status Lock(int fd) {
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  if (errno != EWOULDBLOCK) return SystemError("cannot be locked: ");
  return absl::FailedPreconditionError(
      "another pyslow-sweep is writing it; wait until that ends, or name another directory with "
      "--out");
}

}  // namespace

Origin OriginHere(const std::string& version, const std::string& started, FileChecksums files) {
  return {version, started, session::HostName(), session::BootId(), std::move(files)};
}

std::vector<Trial> RecordedSweep::Trials() const {
  std::vector<Trial> trials;
  for (const auto& entry : entries) {
    if (const Trial* trial = std::get_if<Trial>(&entry)) trials.push_back(*trial);
  }
  return trials;
}

absl::StatusOr<RecordedSweep> ReadTrialLog(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadRegularFile(path, kMaxFile);
  if (!text.ok()) return text.status();
  return Parse(*text);
}

absl::StatusOr<std::unique_ptr<TrialLog>> TrialLog::Create(const std::string& path,
                                                           const Json& sweep,
                                                           const Origin& origin) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return SystemError("cannot be created: ");
  std::unique_ptr<TrialLog> log(new TrialLog(fd, 0));
  if (absl::Status locked = Lock(fd); !locked.ok()) return locked;
  Json header = ToJson("sweep", origin);
  header["sweep"] = sweep;
  if (absl::Status written = log->WriteLine(header); !written.ok()) return written;
  return log;
}

absl::StatusOr<std::pair<std::unique_ptr<TrialLog>, RecordedSweep>> TrialLog::Continue(
    const std::string& path, const Origin& origin, const Json& settings) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return SystemError("cannot be opened: ");
  std::unique_ptr<TrialLog> log(new TrialLog(fd, 0));
  if (absl::Status locked = Lock(fd); !locked.ok()) return locked;
  // Read under the lock, so that an incomplete line is not one that is being written.
  const absl::StatusOr<std::string> text = ReadRegularFile(path, kMaxFile);
  if (!text.ok()) return text.status();
  absl::StatusOr<RecordedSweep> sweep = Parse(*text);
  if (!sweep.ok()) return sweep.status();
  log->bytes_ = sweep->whole_bytes;
  if (sweep->torn && ftruncate(fd, static_cast<off_t>(log->bytes_)) != 0) {
    return SystemError("its incomplete last line cannot be removed: ");
  }
  Json resumed = ToJson("resumed", origin);
  if (!settings.is_null()) resumed["settings"] = settings;
  if (absl::Status written = log->WriteLine(resumed); !written.ok()) return written;
  AddChange(sweep->last, origin, &sweep->warnings);
  sweep->last = origin;
  UseSettings(resumed, &*sweep);
  return std::make_pair(std::move(log), *std::move(sweep));
}

TrialLog::~TrialLog() { close(fd_); }

absl::Status TrialLog::Append(const Setup& setup) { return WriteLine(trials::ToJson(setup)); }

absl::Status TrialLog::Append(const Trial& trial) { return WriteLine(trials::ToJson(trial)); }

absl::Status TrialLog::WriteLine(const Json& json) {
  // JSON is UTF-8, but words of a command line may be any bytes; invalid ones become U+FFFD.
  const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  absl::Status written = WriteAll(line);
  if (written.ok()) {
    bytes_ += line.size();
  } else if (ftruncate(fd_, static_cast<off_t>(bytes_)) != 0) {
    // The next reader removes the incomplete line.
    return written;
  }
  return written;
}

absl::Status TrialLog::WriteAll(const std::string& line) {
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t wrote = write(fd_, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return SystemError("cannot be written: ");
    done += static_cast<size_t>(wrote);
  }
  return std::chrono::steady_clock::now() - synced_ < kMaxUnsynced ? absl::OkStatus() : Sync();
}

absl::Status TrialLog::Sync() {
  // EINVAL: the file system does not support syncing.
  if (fdatasync(fd_) != 0 && errno != EINVAL) return SystemError("cannot be synced: ");
  synced_ = std::chrono::steady_clock::now();
  return absl::OkStatus();
}

}  // namespace pyslow::trials
