#include "sweep/trials/background_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sweep/trials/run_process.h"

namespace pyslow::trials {
namespace {

constexpr std::chrono::milliseconds kPause{10};

}  // namespace

absl::StatusOr<std::unique_ptr<BackgroundProcess>> BackgroundProcess::Start(
    const CommandSpec& spec, const std::string& output, SignalWatch* signals) {
  // A file, because a pipe would have to be read all the time.
  const int fd = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot write its output to ", output, ": ", std::strerror(errno)));
  }
  const auto close_output = absl::MakeCleanup([fd] { close(fd); });
  const absl::StatusOr<ChildProcess> child =
      ChildProcess::Start(spec, signals->original_mask(), fd, fd);
  if (!child.ok()) return child.status();
  signals->AddGroup(child->pid());
  return std::unique_ptr<BackgroundProcess>(
      new BackgroundProcess(*child, spec.grace_ns, output, signals));
}

BackgroundProcess::~BackgroundProcess() { Stop(); }

ChildExit BackgroundProcess::Stop() {
  if (end_.has_value()) return *end_;
  child_.SendToGroup(SIGTERM);
  const auto until = std::chrono::steady_clock::now() + grace_;
  int interrupt = 0;
  while (interrupt == 0 && !child_.GroupHasEnded() && std::chrono::steady_clock::now() < until) {
    interrupt = signals_.TakeInterrupt();
    std::this_thread::sleep_for(kPause);
  }
  child_.SendToGroup(SIGKILL);
  const auto killed_until = std::chrono::steady_clock::now() + kMaxKillTime;
  while (!child_.HasEnded() && std::chrono::steady_clock::now() < killed_until) {
    std::this_thread::sleep_for(kPause);
  }
  end_ = child_.HasEnded() ? child_.Reap() : ChildExit{true, SIGKILL};
  signals_.RemoveGroup(child_.pid());
  if (interrupt != 0) SignalWatch::RaiseAgain(interrupt);
  return *end_;
}

std::string BackgroundProcess::Output() const {
  const int fd = open(output_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "";
  const auto close_output = absl::MakeCleanup([fd] { close(fd); });
  const off_t bytes = lseek(fd, 0, SEEK_END);
  const off_t from = std::max<off_t>(0, bytes - static_cast<off_t>(kMinOutputKept));
  std::string text(static_cast<size_t>(std::max<off_t>(0, bytes - from)), '\0');
  const ssize_t got = pread(fd, text.data(), text.size(), from);
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return text;
}

}  // namespace pyslow::trials
