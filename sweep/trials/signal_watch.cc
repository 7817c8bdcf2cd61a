#include "sweep/trials/signal_watch.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow::trials {

absl::StatusOr<std::unique_ptr<SignalWatch>> SignalWatch::Start() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&watched, signal);
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
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal != SIGCHLD && interrupt == 0) interrupt = signal;
  }
  return interrupt;
}

}  // namespace pyslow::trials
