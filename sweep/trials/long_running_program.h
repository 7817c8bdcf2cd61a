// A program that keeps running while trials measure it: starts it, waits until it is ready, changes
// the delays of its session, reads its counters and stops it.
#ifndef PYSLOW_SWEEP_TRIALS_LONG_RUNNING_PROGRAM_H_
#define PYSLOW_SWEEP_TRIALS_LONG_RUNNING_PROGRAM_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "session/control_cells.h"
#include "session/snapshot.h"
#include "sweep/trials/background_process.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/interruptible_wait.h"
#include "sweep/trials/live_functions.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial_runner.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// Stops the program when destroyed. Not thread-safe.
class LongRunningProgram {
 public:
  // `settings`, `functions` and `signals` are not owned and must outlive the object. `directory`
  // receives the session, which Stop removes, and server.log, which stays. `functions` is used in
  // live mode: the functions of an instrumented program, which is started with their base setup.
  LongRunningProgram(const TrialSettings* settings, std::vector<std::string> environment,
                     const std::string& directory, LiveFunctions* functions, SignalWatch* signals);
  ~LongRunningProgram();

  // Starts the program with all delays 0 and waits until it is ready, then until --start has
  // passed. It is ready when --ready-command exits with 0 or, without that option, when the
  // function of --progress is first called. On failure, stops the program and returns the outcome
  // of the trial.
  std::optional<TrialOutcome> Start(const Instrumentation& instrumentation, bool instrumented);
  // Also ends the processes that the program left behind outside its group.
  void Stop();
  // Those processes, as in Trial::left, since the last call.
  std::vector<std::string> TakeLeft() { return std::exchange(left_, {}); }

  bool is_running() const { return server_ != nullptr; }
  bool is_instrumented() const { return instrumented_; }
  bool HasEnded() const { return server_ == nullptr || server_->HasEnded(); }
  pid_t pid() const { return server_->pid(); }
  std::string Output() const { return server_->Output(); }
  // The outcome of a trial during which the program ended. Stops the program. Only if HasEnded().
  TrialOutcome Died();
  // Whether the last program ended by itself with exit status 0, which Died() has found.
  bool EndedWell() const { return ended_well_; }

  // Sets the delays of all groups, 0 for groups without a treatment, and whether delays release the
  // GIL although the settings hold it. In live mode, also whether own time is measured. Does
  // nothing without a session.
  absl::Status SetDelays(const std::vector<Treatment>& treatments, bool releases_gil,
                         bool own_time);
  bool has_session() const { return cells_.has_value(); }
  absl::StatusOr<session::SessionSnapshot> Read();
  // In live mode, sets the delays of functions that were called for the first time since. To be
  // called a few times a second while delays are in force.
  void Poll();
  // The number of calls of --progress in a snapshot.
  uint64_t ProgressIn(const session::SessionSnapshot& snapshot) const;

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<TrialOutcome> WaitUntilReady();
  // Whether the program is ready; `*answer` describes the last result of --ready-command.
  absl::StatusOr<bool> IsReady(Clock::time_point until, std::string* answer);
  absl::Status OpenCells();
  int64_t GraceNs() const;
  bool has_functions() const { return cells_.has_value() && cells_->has_functions(); }
  session::Cell CellOf(std::optional<uint32_t> group) const;
  void StoreFunctions(size_t first);
  TrialOutcome NotReady(const std::string& answer);

  const TrialSettings& settings_;
  const std::vector<std::string> environment_;
  const std::string session_;
  const std::string log_;
  LiveFunctions& functions_;
  SignalWatch* const signals_;
  Instrumentation instrumentation_;
  bool instrumented_ = false;
  std::unique_ptr<BackgroundProcess> server_;
  Clock::time_point started_;
  std::optional<session::ControlCells> cells_;
  bool ended_well_ = false;
  std::string session_variable_;  // of the running program's environment
  std::vector<std::string> left_;
  // The delays in force.
  std::vector<Treatment> treatments_;
  bool own_time_ = false;
  uint64_t functions_read_ = 0;  // ControlCells::functions() before the last Read
  Clock::time_point next_poll_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LONG_RUNNING_PROGRAM_H_
