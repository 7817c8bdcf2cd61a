// Starts a command as the leader of a new process group, and signals, observes and reaps it.
#ifndef PYSLOW_SWEEP_TRIALS_CHILD_PROCESS_H_
#define PYSLOW_SWEEP_TRIALS_CHILD_PROCESS_H_

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::trials {

struct CommandSpec {
  std::vector<std::string> argv;         // argv[0] is searched for on PATH if it has no slash
  std::vector<std::string> environment;  // NAME=VALUE
  std::string input = "/dev/null";       // the file that is opened as standard input
  int64_t grace_ns = 5'000'000'000;      // between SIGTERM and SIGKILL
};

// A process in an uninterruptible system call survives SIGKILL until that returns, and one of
// another user, as under sudo, does not receive it. After this time, it is left to itself.
inline constexpr std::chrono::seconds kMaxKillTime{2};

// The argv that runs the shell command `command`.
std::vector<std::string> ShellArgv(const std::string& command);

// How a process ended.
struct ChildExit {
  bool by_signal = false;
  int number = 0;  // the exit status, or the signal if by_signal
};

// "exited with status 3" or "was ended by signal 9 (Killed)".
std::string Describe(const ChildExit& end);

// An ended child stays a zombie until Reap, so that the kernel does not reuse its process ID, which
// is also the ID of its group. A copyable handle; not thread-safe.
class ChildProcess {
 public:
  // Starts `spec` with the signal mask `mask`, and standard output and standard error to the file
  // descriptors `output` and `error`, which may be the same. Unavailable if it cannot be started;
  // the message follows "FILE: ".
  static absl::StatusOr<ChildProcess> Start(const CommandSpec& spec, const sigset_t& mask,
                                            int output, int error);

  pid_t pid() const { return pid_; }
  // Whether the child itself has ended; its descendants may still run.
  bool HasEnded() const;
  void SendToGroup(int signal) const;
  // Whether no process of the group runs. Reads all of /proc.
  bool GroupHasEnded() const;
  // Waits until the child has ended. Must be called once, or never if the child does not end.
  ChildExit Reap() const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_CHILD_PROCESS_H_
