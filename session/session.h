// A process's membership in a session: the settings and the cells, in the session's directory or,
// if nobody asked for one, in private memory.
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

class SettingsFile;

// Lives to the process's end: cells are read through addresses into it, by any thread. Keeps no
// file descriptor open, so that programs see the numbers they would see without it and may close
// what they like. After a fork the child is a member too.
class Session {
 public:
  // Opens the session directory `directory` and makes it where there is none (its parent must
  // exist). The first process of a session brings `settings`; a later one, of the same session id,
  // joins those that are there, and difference() tells where its own are other ones. Of several
  // first processes at once, one wins and the others join.
  // `join_only`: for descendants, which never make a session that has ended anew.
  // Errors, worded to follow "DIRECTORY: ": NotFound (join_only), AlreadyExists (another session's,
  // or not empty), PermissionDenied (a link, another user's, open to others, not writable),
  // ResourceExhausted (no space), DataLoss (damaged settings), InvalidArgument, Unavailable.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const std::string& directory,
                                                       const Settings& settings, bool join_only);

  // A session in a new directory under $TMPDIR, else /tmp, which RemoveDirectory removes again.
  // Errors as above, with the path in the message.
  static absl::StatusOr<std::unique_ptr<Session>> OpenTemporary(const Settings& settings);

  // A session without a directory: the cells are private memory and no file exists.
  static std::unique_ptr<Session> OpenPrivate(const Settings& settings);

  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The session's settings: those of its first process, with its epoch and its host.
  const Settings& settings() const { return settings_; }
  // How the settings given by this process differ from them, or "".
  const std::string& difference() const { return difference_; }
  // Whether this process made the session.
  bool created() const { return created_; }
  // The directory's absolute path, or "".
  const std::string& directory() const { return directory_; }
  const FileIdentity& directory_identity() const { return directory_identity_; }
  // Whether epoch_monotonic_ns is on this machine's clock (another host or boot may have set it).
  bool epoch_is_ours() const { return epoch_is_ours_; }

  // The cell of a group, which another process may change at any time (see ControlCells). Stays at
  // its address.
  const std::atomic<uint64_t>& cell(size_t group) const { return cells_[group]; }

  // CLOCK_MONOTONIC when the window was opened by a call (--start-at), 0 until then; shared by all
  // processes of the session that are on one machine. The first to set it wins.
  std::atomic<int64_t>& window_opened_ns() const { return *window_opened_ns_; }

  // Tells readers that one more process runs without being counted.
  void CountUncounted() const;

  // Unlinks the session's files and its directory, if this very process (not its fork) made it.
  // Leaves what is not the session's; nothing happens to a session without a directory.
  absl::Status RemoveDirectory();

 private:
  Session();
  absl::Status Adopt(std::unique_ptr<SettingsFile> file, const Settings& given);

  Settings settings_;
  std::string difference_;
  std::string directory_;
  FileIdentity directory_identity_;
  bool created_ = false;
  bool epoch_is_ours_ = true;
  pid_t creator_ = 0;
  std::unique_ptr<SettingsFile> file_;  // none: private
  std::vector<std::atomic<uint64_t>> private_cells_;
  std::atomic<int64_t> private_window_opened_ns_{0};
  std::atomic<uint64_t>* cells_ = nullptr;
  std::atomic<int64_t>* window_opened_ns_ = nullptr;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SESSION_H_
