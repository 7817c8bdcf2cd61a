// Changing a running session's delays from outside, as a sweep of a live server does.
#ifndef PYSLOW_SESSION_CONTROL_CELLS_H_
#define PYSLOW_SESSION_CONTROL_CELLS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "session/cell.h"
#include "session/session_settings.h"

namespace pyslow::session {

class SettingsFile;

// The cells of one session, seen from any process of its user on the same machine. Thread-safe.
class ControlCells {
 public:
  // Errors as of Session::Open, to follow "DIRECTORY: "; never makes a session.
  static absl::StatusOr<ControlCells> Open(const std::string& directory);

  ControlCells(ControlCells&&) noexcept;
  ControlCells& operator=(ControlCells&&) noexcept;
  ~ControlCells();

  const Settings& settings() const { return settings_; }

  Cell Load(size_t group) const;
  // Every process of the session obeys at its next call. InvalidArgument where `group` or a value
  // is out of range; then nothing changes.
  absl::Status Store(size_t group, const Cell& cell);

 private:
  ControlCells(std::unique_ptr<SettingsFile> file, Settings settings);
  std::unique_ptr<SettingsFile> file_;
  Settings settings_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_CONTROL_CELLS_H_
