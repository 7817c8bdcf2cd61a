// Changes the delays of a running session from another process, such as pyslow-sweep.
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

// The cells of a session in shared memory, for any process of the same user on the same machine.
// Thread-safe: a load or a store is one atomic access.
class ControlCells {
 public:
  // Does not create a session. Errors as for Session::Open.
  static absl::StatusOr<ControlCells> Open(const std::string& directory);

  ControlCells(ControlCells&&) noexcept;
  ControlCells& operator=(ControlCells&&) noexcept;
  ~ControlCells();

  const Settings& settings() const { return settings_; }

  Cell Load(size_t group) const;
  // Takes effect at the next call in every process of the session. InvalidArgument if `group` or a
  // value is out of range; the cell is then unchanged.
  absl::Status Store(size_t group, const Cell& cell);

 private:
  ControlCells(std::unique_ptr<SettingsFile> file, Settings settings);
  std::unique_ptr<SettingsFile> file_;
  Settings settings_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_CONTROL_CELLS_H_
