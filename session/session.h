// A process's access to its session: the settings, and the cells that hold the delays now in force.
// They are in the session directory (see format.h), or in private memory if there is none.
#ifndef PYSLOW_SESSION_SESSION_H_
#define PYSLOW_SESSION_SESSION_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "session/file_identity.h"
#include "session/session_settings.h"

namespace pyslow::session {

class FunctionCells;
class SettingsFile;

// Must live until the process ends, as every thread may read cells through their addresses. A
// forked child uses it too. Keeps no file descriptor open: the program gets the same descriptor
// numbers as under python, and may close any of them. Cells and window_opened_ns() are atomics for
// any thread; the other members are read-only after Open; RemoveDirectory is for one thread.
class Session {
 public:
  // Opens the session in `directory`, or creates it with `settings`; creates the directory if its
  // parent exists. A later process with the same session id joins: it gets the session's settings,
  // and difference() describes how its own differ. Of several processes at the same time, one
  // creates the session and the others join.
  //
  // `join_only`: for descendants of the session; never creates one.
  //
  // Errors, as text after "DIRECTORY: ": NotFound (join_only), AlreadyExists (another session or
  // other files), PermissionDenied (a link, another owner, permissions for other users, not
  // writable), ResourceExhausted (no space), DataLoss (damaged settings), InvalidArgument,
  // Unavailable.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const std::string& directory,
                                                       const Settings& settings, bool join_only);

  // Creates a session in a new directory in $TMPDIR or /tmp, for RemoveDirectory to remove. Errors
  // as above, with the path.
  static absl::StatusOr<std::unique_ptr<Session>> OpenTemporary(const Settings& settings);

  // Creates a session in private memory, without a directory.
  static std::unique_ptr<Session> OpenPrivate(const Settings& settings);

  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The settings of the session's first process, with its epoch and host.
  const Settings& settings() const { return settings_; }
  // How the settings that this process gave to Open differ, as of Difference(); "" if they do not.
  const std::string& difference() const { return difference_; }
  // Whether this process created the session.
  bool created() const { return created_; }
  // The absolute path of the directory; "" if there is none.
  const std::string& directory() const { return directory_; }
  const FileIdentity& directory_identity() const { return directory_identity_; }
  // Whether the session began in this boot of this machine, so that epoch_monotonic_ns is
  // comparable with CLOCK_MONOTONIC here.
  bool is_same_boot() const { return is_same_boot_; }

  // The cell of a group, at a fixed address. Other processes may change it at any time (see
  // ControlCells).
  const std::atomic<uint64_t>& cell(size_t group) const { return cells_[group]; }

  // The cell of the function with this key (see FunctionKey), at a fixed address, shared by all
  // processes; a new one has the value of `group`'s cell. nullptr if the session has no cells of
  // functions, or no space for this one: the function then follows its group. Does not allocate.
  const std::atomic<uint64_t>* FunctionCell(uint64_t key, size_t group) const;

  // Not 0: own time is to be measured now. nullptr if the session cannot switch that. Another
  // process changes it before it changes the cells.
  const std::atomic<uint64_t>* own_time() const;

  // Not 0: delays release the GIL, whatever the settings. Another process may change it at any time
  // (see ControlCells).
  const std::atomic<uint64_t>& releases_gil() const { return *releases_gil_; }

  // CLOCK_MONOTONIC when a call opened the window (--start-at); 0 before. Shared by the session's
  // processes on one machine; the first of them to set it decides (compare-and-swap from 0).
  std::atomic<int64_t>& window_opened_ns() const { return *window_opened_ns_; }

  // Increments the number of processes without a record, for readers. Without effect in a private
  // session.
  void CountUncounted() const;

  // Removes the session's files and its directory, if this process, not a fork of it, created the
  // session. Keeps other files; returns an error if the directory is then not empty. Without effect
  // in a private session.
  absl::Status RemoveDirectory();

 private:
  Session();
  absl::Status Adopt(int directory, std::unique_ptr<SettingsFile> file, const Settings& given);

  Settings settings_;
  std::string difference_;
  std::string directory_;
  FileIdentity directory_identity_;
  bool created_ = false;
  bool is_same_boot_ = true;
  pid_t creator_ = 0;
  std::unique_ptr<SettingsFile> file_;  // null in a private session
  std::unique_ptr<FunctionCells> function_cells_;
  std::vector<std::atomic<uint64_t>> private_cells_;
  std::atomic<int64_t> private_window_opened_ns_{0};
  std::atomic<uint64_t> private_releases_gil_{0};
  std::atomic<uint64_t>* cells_ = nullptr;
  std::atomic<int64_t>* window_opened_ns_ = nullptr;
  std::atomic<uint64_t>* releases_gil_ = nullptr;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SESSION_H_
