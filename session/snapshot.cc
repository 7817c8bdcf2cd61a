#include "session/snapshot.h"

#include <fcntl.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "base/text.h"
#include "session/directory.h"
#include "session/format.h"
#include "session/host.h"
#include "session/merger.h"
#include "session/record_reader.h"
#include "session/session_settings_file.h"

namespace pyslow::session {
namespace {

// After exec, a process has several records; only the last one can be running.
void FindRunning(SessionSnapshot* session) {
  std::set<std::pair<int64_t, uint64_t>> seen;
  for (auto at = session->processes.rbegin(); at != session->processes.rend(); ++at) {
    ProcessSnapshot& process = *at;
    // A container has another host name, and other pids.
    const bool is_here =
        process.boot_id == session->read_boot_id && process.host == session->read_host;
    if (!is_here || process.start_ticks == 0) continue;
    if (!seen.emplace(process.pid, process.start_ticks).second) continue;
    process.running = process.end_monotonic_ns == 0 &&
                      StartTicks(static_cast<pid_t>(process.pid)) == process.start_ticks;
  }
}

absl::Status AddRecords(int directory, const std::string& path, SessionSnapshot* session) {
  auto names = ListDirectory(directory);
  if (!names.ok()) return At(path, names.status());
  Merger merger(session);
  std::string bytes;
  for (const std::string& name : *names) {
    if (!absl::StartsWith(name, kRecordPrefix)) continue;
    const std::string file_path = absl::StrCat(path, "/", name);
    auto file = OpenFile(directory, name, O_RDONLY);
    if (!file.ok()) return At(file_path, file.status());
    auto status = ReadRecordBytes(file->get(), &bytes);
    if (status.ok()) status = merger.AddRecord(name, bytes);
    if (!status.ok()) return At(file_path, status);
  }
  merger.Finish();
  return absl::OkStatus();
}

}  // namespace

CallCounts& CallCounts::operator+=(const CallCounts& other) {
  calls += other.calls;
  calls_outside += other.calls_outside;
  delayed += other.delayed;
  asked_ns += other.asked_ns;
  spun_ns += other.spun_ns;
  own_ns += other.own_ns;
  resumed += other.resumed;
  return *this;
}

absl::StatusOr<SessionSnapshot> ReadSession(const std::string& directory) {
  auto path = AbsolutePath(directory);
  if (!path.ok()) return At(directory, path.status());
  auto fd = OpenDirectory(*path, DirectoryUse::kRead);
  if (!fd.ok()) return At(directory, fd.status());
  auto stored = ReadSettings(fd->get());
  if (absl::IsNotFound(stored.status())) {
    return absl::NotFoundError(absl::StrCat(directory, ": it holds no pyslow session"));
  }
  if (!stored.ok()) return At(absl::StrCat(directory, "/", kSettingsName), stored.status());
  SessionSnapshot session;
  session.settings = std::move(stored->settings);
  session.cells = std::move(stored->cells);
  session.window_opened_ns = stored->window_opened_ns;
  session.uncounted = stored->uncounted;
  session.read_monotonic_ns = MonotonicNs();
  session.read_host = HostName();
  session.read_boot_id = BootId();
  if (auto status = AddRecords(fd->get(), directory, &session); !status.ok()) return status;
  std::sort(session.processes.begin(), session.processes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.start_wall_ns, a.record) < std::tie(b.start_wall_ns, b.record);
  });
  FindRunning(&session);
  return session;
}

}  // namespace pyslow::session
