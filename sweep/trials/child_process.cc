#include "sweep/trials/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/proc_stat.h"

namespace pyslow::trials {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  // posix_spawn takes char* but does not write to the strings.
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Returns 0 or an errno value.
int Spawn(const CommandSpec& spec, const sigset_t& mask, std::array<int, 2> outputs, pid_t* pid) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &mask);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const auto cleanup = absl::MakeCleanup([&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  });
  posix_spawn_file_actions_adddup2(&actions, outputs[0], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, outputs[1], STDERR_FILENO);
  // Last, because an output is descriptor 0 if this process was started without standard input.
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, spec.input.c_str(), O_RDONLY, 0);
  return posix_spawnp(pid, spec.argv.front().c_str(), &actions, &attributes,
                      Pointers(spec.argv).data(), Pointers(spec.environment).data());
}

}  // namespace

std::vector<std::string> ShellArgv(const std::string& command) {
  return {"/bin/sh", "-c", command};
}

std::string Describe(const ChildExit& end) {
  if (!end.by_signal) return absl::StrCat("exited with status ", end.number);
  return absl::StrCat("was ended by signal ", end.number, " (", strsignal(end.number), ")");
}

absl::StatusOr<ChildProcess> ChildProcess::Start(const CommandSpec& spec, const sigset_t& mask,
                                                 int output, int error) {
  pid_t pid = 0;
  const int failure = Spawn(spec, mask, {output, error}, &pid);
  if (failure == 0) return ChildProcess(pid);
  return absl::UnavailableError(absl::StrCat("cannot be started: ", std::strerror(failure)));
}

bool ChildProcess::HasEnded() const {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

void ChildProcess::SendToGroup(int signal) const { kill(-pid_, signal); }

bool ChildProcess::GroupHasEnded() const {
  for (const pid_t pid : NumbersIn("/proc")) {
    const std::optional<ProcessStat> stat = ReadProcessStat("/proc", pid);
    if (stat.has_value() && stat->group == pid_ && stat->state != 'Z') return false;
  }
  return true;
}

ChildExit ChildProcess::Reap() const {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

}  // namespace pyslow::trials
