// A started command in a process group of its own.
#ifndef PYSLOW_SWEEP_TRIALS_CHILD_PROCESS_H_
#define PYSLOW_SWEEP_TRIALS_CHILD_PROCESS_H_

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::trials {

struct CommandSpec {
  std::vector<std::string> argv;         // argv[0] is looked for on PATH if it has no slash
  std::vector<std::string> environment;  // NAME=VALUE
};

// The words that have the shell run `command`.
std::vector<std::string> ShellWords(const std::string& command);

// How a command ended by itself.
struct ChildEnd {
  bool by_signal = false;
  int number = 0;  // the status, or the signal
};

// "exited with status 3", "was ended by signal 9 (Killed)".
std::string Words(const ChildEnd& end);

// The command stays a zombie until Reap, so that its number, which is its group's too, cannot
// become another process's.
class Child {
 public:
  // Its input is empty; both its outputs go to the descriptor `output`. Unavailable where it cannot
  // be started, worded to follow "FILE: ".
  static absl::StatusOr<Child> Start(const CommandSpec& spec, const sigset_t& mask, int output);

  pid_t pid() const { return pid_; }
  // Whether the command itself, not its descendants, has ended.
  bool HasEnded() const;
  void SendToGroup(int signal) const;
  // Whether nobody in its group runs any more.
  bool GroupHasEnded() const;
  // Waits for its end. Once.
  ChildEnd Reap() const;

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_CHILD_PROCESS_H_
