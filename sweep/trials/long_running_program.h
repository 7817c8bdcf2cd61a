// What trials are measured against while it goes on running, with the session whose delays they
// switch: started, waited for, read and stopped.
#ifndef PYSLOW_SWEEP_TRIALS_LONG_RUNNING_PROGRAM_H_
#define PYSLOW_SWEEP_TRIALS_LONG_RUNNING_PROGRAM_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "session/control_cells.h"
#include "session/snapshot.h"
#include "sweep/trials/background_process.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/interruptible_wait.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

class Service {
 public:
  // `settings` and `signals` are kept, not owned. In `directory` lie the session, which is removed
  // again, and server.log, which stays.
  Service(const TrialSettings* settings, std::vector<std::string> environment,
          const std::string& directory, SignalWatch* signals);
  ~Service();

  // Starts it with all delays 0 and waits until it is ready: --ready-command exits with 0, else
  // --progress is called for the first time, where there is one; then for the window's start. The
  // outcome of the trial that wanted it where that fails; then it is stopped.
  std::optional<TrialOutcome> Start(const Instruments& instruments, bool instrumented);
  void Stop();

  bool is_running() const { return server_ != nullptr; }
  bool is_instrumented() const { return instrumented_; }
  bool HasEnded() const { return server_ == nullptr || server_->HasEnded(); }
  pid_t pid() const { return server_->pid(); }
  // What to say of one that ended by itself, which is then stopped.
  TrialOutcome Died();

  // The delays of the groups; 0 for those not named. Without a session, nothing.
  absl::Status SetDelays(const std::vector<Treatment>& treatments);
  bool has_session() const { return cells_.has_value(); }
  absl::StatusOr<session::SessionSnapshot> Read() const;
  // The calls of --progress so far.
  absl::StatusOr<uint64_t> Progress() const;

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<TrialOutcome> WaitUntilReady();
  // Whether it is ready now; `*answer` is what the last --ready-command said.
  absl::StatusOr<bool> IsReady(Clock::time_point until, std::string* answer);
  absl::Status OpenCells();
  TrialOutcome NotReady(const std::string& answer);

  const TrialSettings& settings_;
  const std::vector<std::string> environment_;
  const std::string session_;
  const std::string log_;
  SignalWatch* const signals_;
  Instruments instruments_;
  bool instrumented_ = false;
  std::unique_ptr<Server> server_;
  Clock::time_point started_;
  std::optional<session::ControlCells> cells_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LONG_RUNNING_PROGRAM_H_
