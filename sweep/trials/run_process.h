// Running a command to its end, with what it prints kept.
#ifndef PYSLOW_SWEEP_TRIALS_RUN_PROCESS_H_
#define PYSLOW_SWEEP_TRIALS_RUN_PROCESS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "sweep/trials/child_process.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

// Of a command's output the end is kept, this many bytes at least.
inline constexpr size_t kOutputKept = 16 << 20;

struct ProcessSpec : CommandSpec {
  int64_t timeout_ns = 0;                // 0: none
  int64_t grace_ns = 5'000'000'000;      // between asking it to end and killing it
  DisturbanceWatch* watch = nullptr;     // that the command is added to, and that looks meanwhile
  std::function<bool()> may_go_on = {};  // asked when any child ends: false ends the command
};

struct ProcessResult {
  enum class End { kExited, kKilled, kTimedOut, kInterrupted, kStopped };
  End end = End::kExited;
  int number = 0;           // kExited: the status; kKilled, kInterrupted: the signal
  double wall_seconds = 0;  // from the start to the end of the command itself, not its descendants
  std::string output;       // standard output and standard error, as they came
};

// Starts the command in a process group of its own, its input empty, and waits for its end. A
// signal that asks this process to end is passed on to the group, and so is the end of the time
// allowed (as SIGTERM); who does not heed it within the grace, or gets a second one, is killed.
// Descendants that outlive the command in its group are ended too. No other process is touched.
// Unavailable where the command cannot be started, worded to follow "FILE: ".
absl::StatusOr<ProcessResult> RunProcess(const ProcessSpec& spec, SignalWatch& signals);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_RUN_PROCESS_H_
