// A command that runs in the background while trials measure it.
#ifndef PYSLOW_SWEEP_TRIALS_BACKGROUND_PROCESS_H_
#define PYSLOW_SWEEP_TRIALS_BACKGROUND_PROCESS_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sweep/trials/child_process.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

// Ends the command when destroyed. Not thread-safe.
class BackgroundProcess {
 public:
  // Starts `spec` with its output to the file `output`, which is truncated first. `signals` is not
  // owned and must outlive the object. Unavailable if the command cannot be started or the file
  // cannot be opened; the message follows "FILE: ".
  static absl::StatusOr<std::unique_ptr<BackgroundProcess>> Start(const CommandSpec& spec,
                                                                  const std::string& output,
                                                                  SignalWatch* signals);
  ~BackgroundProcess();
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  pid_t pid() const { return child_.pid(); }
  bool HasEnded() const { return end_.has_value() || child_.HasEnded(); }

  // Sends SIGTERM to the process group, and SIGKILL after the grace period or as soon as this
  // process receives a termination signal, which is then raised again. Returns how the command
  // ended, or SIGKILL if it still runs kMaxKillTime later; a second call returns the same.
  ChildExit Stop();

  // The end of its output, at most kMinOutputKept bytes.
  std::string Output() const;

 private:
  BackgroundProcess(ChildProcess child, int64_t grace_ns, std::string output, SignalWatch* signals)
      : child_(child), grace_(grace_ns), output_(std::move(output)), signals_(*signals) {}

  ChildProcess child_;
  const std::chrono::nanoseconds grace_;
  const std::string output_;
  SignalWatch& signals_;
  std::optional<ChildExit> end_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_BACKGROUND_PROCESS_H_
