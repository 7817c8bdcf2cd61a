#include "sweep/trials/signal_watch.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

bool IsIgnored(int signal) {
  struct sigaction action;
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SignalWatch>> SignalWatch::Start() {
  // Ended children of a process that ignores SIGCHLD cannot be waited for.
  if (IsIgnored(SIGCHLD)) signal(SIGCHLD, SIG_DFL);
  sigset_t watched;
  sigemptyset(&watched);
  // A blocked signal becomes pending even if it is ignored, so those of nohup and of background
  // jobs must not be blocked.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGCONT, SIGCHLD}) {
    if (!IsIgnored(number)) sigaddset(&watched, number);
  }
  sigset_t original;
  sigprocmask(SIG_BLOCK, &watched, &original);
  const int fd = signalfd(-1, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    sigprocmask(SIG_SETMASK, &original, nullptr);
    return absl::UnavailableError(absl::StrCat("signalfd: ", std::strerror(error)));
  }
  return std::unique_ptr<SignalWatch>(new SignalWatch(fd, original));
}

SignalWatch::~SignalWatch() {
  close(fd_);
  sigprocmask(SIG_SETMASK, &original_mask_, nullptr);
}

int SignalWatch::TakeInterrupt() {
  int interrupt = 0;
  signalfd_siginfo info;
  while (read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGTSTP) {
      StopWithGroups();
    } else if (number == SIGCONT) {
      ++resumptions_;
    } else if (number != SIGCHLD && interrupt == 0) {
      interrupt = number;
    }
  }
  return interrupt;
}

void SignalWatch::RaiseAgain(int interrupt) {
  // The signal is blocked, so it stays pending. raise() would direct it to this thread.
  kill(getpid(), interrupt);
}

// The default action of SIGTSTP, and not SIGSTOP: without a shell that could continue this process,
// the kernel discards it.
void SignalWatch::StopWithGroups() const {
  for (const pid_t group : groups_) kill(-group, SIGSTOP);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  kill(getpid(), SIGTSTP);
  sigset_t blocked;
  sigprocmask(SIG_UNBLOCK, &stop, &blocked);  // stops here
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
  for (const pid_t group : groups_) kill(-group, SIGCONT);
}

uint64_t SignalWatch::Resumptions() {
  const int interrupt = TakeInterrupt();
  if (interrupt != 0) RaiseAgain(interrupt);
  return resumptions_;
}

}  // namespace pyslow::trials
