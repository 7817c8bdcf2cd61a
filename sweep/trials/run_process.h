// Runs a command until it ends and keeps its output.
#ifndef PYSLOW_SWEEP_TRIALS_RUN_PROCESS_H_
#define PYSLOW_SWEEP_TRIALS_RUN_PROCESS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/child_process.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

// If a command prints more than this, at least its last kMinOutputKept bytes are kept.
inline constexpr size_t kMinOutputKept = 16 << 20;

enum class OutputStream { kStandardOutput, kStandardError };

struct ProcessSpec : CommandSpec {
  int64_t timeout_ns = 0;  // 0: none
  // Observes the command and its descendants. Not owned; may be null.
  DisturbanceWatch* watch = nullptr;
  bool is_program = true;  // for `watch`
  // Called when a child of this process ends, and after every kMaxCheckPause; false ends the
  // command.
  std::function<bool()> may_continue = {};
  // Receives all that the command prints, in pieces, while it runs.
  std::function<void(OutputStream, absl::string_view)> on_output = {};
};

struct ProcessResult {
  enum class End { kExited, kKilled, kTimedOut, kInterrupted, kStopped };
  End end = End::kExited;
  pid_t pid = 0;   // of the command, and the ID of its process group
  int number = 0;  // kExited: the exit status; kKilled, kInterrupted: the signal
  std::chrono::steady_clock::time_point begin;
  double wall_seconds = 0;  // lifetime of the command itself, without that of its descendants
  // Standard output and standard error, in the order of reading: about that of writing.
  std::string output;
};

// Starts the command in a new process group and waits until it ends. A termination signal that
// `signals` reports is sent on to the group (kInterrupted). The group receives SIGTERM if the
// timeout expires (kTimedOut) or may_continue returns false (kStopped), and SIGKILL after the grace
// period or on a second termination signal. If it survives that, it is left to itself after the
// grace period or kMaxKillTime, the longer one. Descendants that outlive the command in its group
// receive SIGTERM and, a second later, SIGKILL. No other process is signalled. Unavailable if the
// command cannot be started; the message follows "FILE: ".
absl::StatusOr<ProcessResult> RunProcess(const ProcessSpec& spec, SignalWatch& signals);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_RUN_PROCESS_H_
