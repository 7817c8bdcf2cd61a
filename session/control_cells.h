// Changes the delays of a running session from another process, such as pyslow-sweep.
#ifndef PYSLOW_SESSION_CONTROL_CELLS_H_
#define PYSLOW_SESSION_CONTROL_CELLS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "session/cell.h"
#include "session/session_settings.h"

namespace pyslow::session {

class FunctionCells;
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

  // Switches whether delays release the GIL although the session's settings hold it. Takes effect
  // at the next delay in every process of the session.
  void SetReleasesGil(bool releases);

  // Whether the session has Settings::function_cells. The members below need it.
  bool has_functions() const { return functions_ != nullptr; }
  // Sets the cell of the function with this key (see FunctionKey), from its next call on in every
  // process, whether or not a process has called it yet. InvalidArgument if a value is out of range
  // or the frequency is 0; ResourceExhausted if there is no space for the cell: the function
  // follows its group.
  absl::Status StoreFunction(uint64_t key, const Cell& cell);
  // The number of functions that have a cell. It increases after the record of the function's
  // process shows the function.
  uint64_t functions() const;
  // All cells of functions, in no order.
  struct FunctionCell {
    uint64_t key;
    Cell cell;
  };
  std::vector<FunctionCell> LoadFunctions() const;
  // Switches the measurement of own time. A process follows at its next call of a function whose
  // cell changes after this, so change all cells next.
  void SetOwnTime(bool is_measured);

 private:
  ControlCells(std::unique_ptr<SettingsFile> file, Settings settings);
  std::unique_ptr<SettingsFile> file_;
  std::unique_ptr<FunctionCells> functions_;
  Settings settings_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_CONTROL_CELLS_H_
