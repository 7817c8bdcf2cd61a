#include "sweep/render/gnuplot.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"

namespace pyslow::render {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTimeLimit{60};
// A process whose standard input, output and error are one socket, so that a write to an ended
// process is an error and not a signal. The text of standard error is shown if gnuplot fails.
struct Child {
  pid_t pid = -1;
  int fd = -1;
};

absl::StatusOr<Child> Start(const std::string& program) {
  std::array<int, 2> ends = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return absl::UnavailableError(absl::StrCat("gnuplot: ", std::strerror(errno)));
  }
  const absl::Cleanup close_theirs = [&ends] { close(ends[1]); };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const absl::Cleanup destroy = [&actions] { posix_spawn_file_actions_destroy(&actions); };
  for (const int fd : {0, 1, 2}) posix_spawn_file_actions_adddup2(&actions, ends[1], fd);
  std::string name = program;
  std::string defaults = "--default-settings";  // not those of the user
  const std::array<char*, 3> argv = {name.data(), defaults.data(), nullptr};
  Child child;
  const int error =
      posix_spawnp(&child.pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  if (error != 0) {
    close(ends[0]);
    return absl::NotFoundError(absl::StrCat("gnuplot cannot be started: ", std::strerror(error)));
  }
  child.fd = ends[0];
  return child;
}

// Writes `input` and reads to the end, whichever is possible first. False after the time limit.
bool Exchange(int fd, absl::string_view input, std::string* output) {
  const Clock::time_point end = Clock::now() + kTimeLimit;
  if (input.empty()) shutdown(fd, SHUT_WR);
  while (Clock::now() < end) {
    pollfd waiting = {fd, static_cast<short>(input.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (poll(&waiting, 1, 1000) < 0 && errno != EINTR) return false;
    if ((waiting.revents & POLLOUT) != 0) {
      const ssize_t sent = send(fd, input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) input.remove_prefix(static_cast<size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != EINTR) input = {};
      if (input.empty()) shutdown(fd, SHUT_WR);
    }
    if ((waiting.revents & (POLLIN | POLLHUP)) != 0) {
      std::array<char, 65536> buffer;
      const ssize_t got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got == 0) return true;
      if (got > 0) output->append(buffer.data(), static_cast<size_t>(got));
      if (got < 0 && errno != EAGAIN && errno != EINTR) return errno == ECONNRESET;
    }
  }
  return false;
}

absl::StatusOr<std::string> Run(const std::string& program, const std::string& input) {
  const absl::StatusOr<Child> child = Start(program);
  if (!child.ok()) return child.status();
  std::string output;
  const bool in_time = Exchange(child->fd, input, &output);
  close(child->fd);
  if (!in_time) kill(child->pid, SIGKILL);
  int status = 0;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return absl::DeadlineExceededError("gnuplot took too long and was ended");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return output;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    return absl::NotFoundError("gnuplot is not installed");
  }
  constexpr size_t kShown = 500;
  const std::string tail = output.substr(output.size() - std::min(output.size(), kShown));
  return absl::InternalError(absl::StrCat("gnuplot failed: ", Printable(tail)));
}

// gnuplot's titles would appear as tooltips.
void RemoveElements(absl::string_view name, std::string* text) {
  const std::string begin = absl::StrCat("<", name, ">");
  const std::string end = absl::StrCat("</", name, ">");
  for (size_t at = text->find(begin); at != std::string::npos; at = text->find(begin, at)) {
    const size_t last = text->find(end, at);
    if (last == std::string::npos) return;
    text->erase(at, last + end.size() - at);
  }
}

// A drawing as an element of a page. `prefix` makes its ids unique.
std::string ForPage(absl::string_view svg, absl::string_view prefix) {
  std::string text(svg);
  RemoveElements("title", &text);
  RemoveElements("desc", &text);
  return absl::StrReplaceAll(text, {{" id=\"", absl::StrCat(" id=\"", prefix)},
                                    {" id='", absl::StrCat(" id='", prefix)},
                                    {"href='#", absl::StrCat("href='#", prefix)},
                                    {"href=\"#", absl::StrCat("href=\"#", prefix)},
                                    {"url(#", absl::StrCat("url(#", prefix)}});
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DrawSvg(const std::vector<std::string>& scripts,
                                                 const std::string& program) {
  std::string input;
  for (const std::string& script : scripts) {
    absl::StrAppend(&input, "reset session\n", script, "unset output\n");
  }
  const absl::StatusOr<std::string> output = Run(program, input);
  if (!output.ok()) return output.status();
  std::vector<std::string> drawings;
  absl::string_view left = *output;
  while (true) {
    const size_t begin = left.find("<svg");
    const size_t end = left.find("</svg>");
    if (begin == absl::string_view::npos || end == absl::string_view::npos || end < begin) break;
    drawings.push_back(
        ForPage(left.substr(begin, end + 6 - begin), absl::StrCat("plot", drawings.size(), "-")));
    left.remove_prefix(end + 6);
  }
  if (drawings.size() == scripts.size()) return drawings;
  return absl::InternalError(absl::StrCat("gnuplot drew ", drawings.size(), " plots of ",
                                          scripts.size(), ": ", Printable(left.substr(0, 500))));
}

}  // namespace pyslow::render
