#include "sweep/trials/left_processes.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/proc_stat.h"
#include "sweep/trials/child_process.h"

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxEnvironmentBytes = 8 << 20;
constexpr std::chrono::milliseconds kMinEndPause{5};
constexpr std::chrono::milliseconds kMaxEndPause{100};

using Processes = std::map<pid_t, ProcessStat>;

Processes AllProcesses() {
  Processes all;
  for (const pid_t pid : NumbersIn("/proc")) {
    if (const auto stat = ReadProcessStat("/proc", pid)) all.emplace(pid, *stat);
  }
  return all;
}

bool HasEndedState(const ProcessStat& stat) { return stat.state == 'Z' || stat.state == 'X'; }

bool IsDescendant(const Processes& all, pid_t pid) {
  // A chain of parents is read at different times, so it may contain a cycle.
  for (size_t steps = 0; steps < all.size(); ++steps) {
    const auto found = all.find(pid);
    if (found == all.end()) return false;
    pid = found->second.parent;
    if (pid == getpid()) return true;
  }
  return false;
}

bool HasVariable(pid_t pid, const std::string& variable) {
  if (variable.empty()) return false;
  const std::string entry = absl::StrCat(variable, absl::string_view("\0", 1));
  const std::string environment =
      ReadSmallFile(absl::StrCat("/proc/", pid, "/environ"), kMaxEnvironmentBytes);
  const size_t at = environment.find(entry);
  return at != std::string::npos && (at == 0 || environment[at - 1] == '\0');
}

std::string NameOf(pid_t pid) {
  const std::string name = ReadSmallFile(absl::StrCat("/proc/", pid, "/comm"));
  return absl::StrCat(absl::StripAsciiWhitespace(name), " (pid ", pid, ")");
}

Processes FindLeft(const Session& session) {
  Processes all = AllProcesses();
  const bool adopts = AdoptsOrphans();
  Processes left;
  for (const auto& [pid, stat] : all) {
    if (pid == getpid() || HasEndedState(stat)) continue;
    if ((adopts && IsDescendant(all, pid)) || HasVariable(pid, session.variable)) {
      left.emplace(pid, stat);
    }
  }
  return left;
}

// Does nothing if the process has ended, even if its ID is in use again.
void SendTo(pid_t pid, const ProcessStat& stat, int signal) {
  // With a descriptor, the process cannot end between the check and the signal. Linux 5.3.
  const auto fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  const std::optional<ProcessStat> now = ReadProcessStat("/proc", pid);
  if (now.has_value() && now->start_ticks == stat.start_ticks) {
    if (fd >= 0) {
      syscall(SYS_pidfd_send_signal, fd, signal, nullptr, 0);
    } else {
      kill(pid, signal);
    }
  }
  if (fd >= 0) close(fd);
}

}  // namespace

void AdoptOrphans() {
  const Processes all = AllProcesses();
  const bool has_children = std::any_of(all.begin(), all.end(), [](const auto& process) {
    return process.second.parent == getpid();
  });
  // Process 1 of a container also adopts orphans of `docker exec`.
  prctl(PR_SET_CHILD_SUBREAPER, has_children || getpid() == 1 ? 0 : 1);
}

bool AdoptsOrphans() {
  int adopts = 0;
  return prctl(PR_GET_CHILD_SUBREAPER, &adopts) == 0 && adopts != 0;
}

void ReapOrphans(pid_t child) {
  if (!AdoptsOrphans()) return;
  for (const auto& [pid, stat] : AllProcesses()) {
    if (stat.parent == getpid() && stat.state == 'Z' && pid != child) {
      waitpid(pid, nullptr, WNOHANG);
    }
  }
}

std::vector<std::string> EndLeftProcesses(const Session& session, std::chrono::nanoseconds grace,
                                          SignalWatch* signals) {
  std::vector<std::string> names;
  std::set<std::pair<pid_t, uint64_t>> warned;  // processes that SIGTERM was sent to
  const Clock::time_point until = Clock::now() + grace;
  std::chrono::milliseconds pause = kMinEndPause;
  int interrupt = 0;
  // Again and again, because a process may start others while it ends.
  for (Processes left = FindLeft(session); !left.empty(); left = FindLeft(session)) {
    const Clock::time_point now = Clock::now();
    if (now >= until + kMaxKillTime) break;
    const bool kills = interrupt != 0 || now >= until;
    for (const auto& [pid, stat] : left) {
      const bool is_new = warned.emplace(pid, stat.start_ticks).second;
      if (is_new && stat.group != session.group) names.push_back(NameOf(pid));
      if (is_new || kills) SendTo(pid, stat, kills ? SIGKILL : SIGTERM);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kMaxEndPause);
    ReapOrphans(0);
    if (interrupt == 0) interrupt = signals->TakeInterrupt();
  }
  ReapOrphans(0);
  if (interrupt != 0) SignalWatch::RaiseAgain(interrupt);
  return names;
}

}  // namespace pyslow::trials
